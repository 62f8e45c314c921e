//! Whatever is written: no panic, an error where there is a mistake, and the user's item is still there.

use proc_macro2::TokenStream;
use quote::quote;

const ARGUMENTS: &[&str] = &[
    "=",
    "= 3",
    "1",
    "\"/api\"",
    "path =",
    "path = ,",
    "path = \"/a\" name = \"b\"",
    ",",
    ",,",
    "path = \"/a\",,",
    "path: \"/a\"",
    "path(\"/a\")",
    "path[]",
    "path = {",
    "::path = 1",
    "path = if",
    "memory_ttl = -",
    "path = 'a'",
    "memory_ttl = 1u8",
    "memory_ttl = 0x0",
    "memory_ttl = -1.0",
    "method = a::b",
    "config = 1",
    "crate = 1",
    "new = 1",
    "new",
    "crate",
    "path = b\"/a\"",
    "api_title = \"{\"",
    "api_title = \"}\"",
    "api_title = \"{{}\"",
    "default_stream",
    "on_disconnect",
    "on_disconnect = continue",
    "concurrency = \"\"",
    "on_failure = \"rollback\" + \"keep\"",
    "path = \"\u{4f60}\"",
    "unknown = , also unknown",
    "memory",
    "stream = 1",
];

fn is_reported(tokens: &TokenStream) -> bool {
    tokens.to_string().contains("compile_error")
}

#[test]
fn odd_arguments_are_reported() {
    for arguments in ARGUMENTS {
        // What has no tokens never reaches a macro.
        let Ok(tokens) = arguments.parse::<TokenStream>() else { continue };
        let block = quote!(impl Support { async fn run(&self, request: OpenAIRequest) -> String { body() } });
        let structure = quote!(
            struct Support {
                field: Field,
            }
        );
        for (item, survives) in [(block, "body"), (structure, "field : Field")] {
            let expanded = crate::agent::expand(tokens.clone(), item);
            assert!(is_reported(&expanded), "{arguments}: {expanded}");
            assert!(expanded.to_string().contains(survives), "{arguments}: {expanded}");
        }
        // On a function of the right kind, each of them is as odd.
        let function = quote!(
            fn support(field: Field) -> Answer {
                body()
            }
        );
        let tool = crate::tool::expand(tokens.clone(), &function);
        assert!(is_reported(&tool) && tool.to_string().contains("body"), "{arguments}: {tool}");
        let main = crate::entry::expand(
            tokens,
            &quote!(
                async fn main() {
                    body()
                }
            ),
        );
        assert!(is_reported(&main) && main.to_string().contains("body"), "{arguments}: {main}");
    }
}

#[test]
fn odd_items_are_reported() {
    let items = [
        quote!(
            enum Support {}
        ),
        quote!(union Support { a: u8 }),
        quote!(
            trait Support {}
        ),
        quote!(
            fn support() {}
        ),
        quote!(
            const SUPPORT: u8 = 1;
        ),
        quote!(
            mod support {}
        ),
        quote!(
            type Support = u8;
        ),
        quote!(
            use support::Support;
        ),
        quote!(support! {}),
        quote!(impl Support for Support {}),
        quote!(impl Support {}),
        quote!(impl dyn Support { async fn run(&self, request: OpenAIRequest) {} }),
        quote!(
            impl (Support,) {
                async fn run(&self, request: OpenAIRequest) {}
            }
        ),
        quote!(Support 1 2),
        quote!(
            struct Support {
                #[agent]
                a: A,
            }
        ),
        quote!(
            struct Support {
                #[agent = "memory"]
                a: A,
            }
        ),
        quote!(
            struct Support {
                #[agent(memory, stream)]
                a: A,
            }
        ),
        quote!(
            struct Support {
                #[agent(memory)]
                #[agent(memory)]
                a: A,
            }
        ),
        quote!(
            struct Support {
                #[agent(memory = 1)]
                a: A,
            }
        ),
        quote!(
            struct Support<'a>(&'a Support);
        ),
        quote!(impl Support { #[agent = 1] async fn run(&self, request: OpenAIRequest) {} }),
        quote!(impl Support { #[agent] #[agent] async fn run(&self, request: OpenAIRequest) {} }),
    ];
    for item in items {
        let expanded = crate::agent::expand(TokenStream::new(), item.clone());
        assert!(is_reported(&expanded), "{item}: {expanded}");
        assert!(expanded.to_string().to_lowercase().contains("support"), "{item}: {expanded}");
    }
    for item in [
        quote!(
            struct Main;
        ),
        quote!(fn main()),
        quote!(),
        quote!(
            async fn other(a: u8) {}
        ),
    ] {
        let expanded = crate::entry::expand(TokenStream::new(), &item).to_string();
        assert!(expanded.contains("compile_error") && expanded.contains("fn main"), "{item}: {expanded}");
    }
}

#[test]
fn odd_tools_are_reported() {
    let items = [
        quote!(
            struct Support;
        ),
        quote!(
            enum Support {}
        ),
        quote!(union Support { a: u8 }),
        quote!(
            trait Support {}
        ),
        quote!(
            mod support {}
        ),
        quote!(
            const SUPPORT: u8 = 1;
        ),
        quote!(
            static SUPPORT: u8 = 1;
        ),
        quote!(
            type Support = u8;
        ),
        quote!(
            use support::Support;
        ),
        quote!(
            impl Support {}
        ),
        quote!(
            fn support();
        ),
        quote!(support! {}),
        quote!(Support 1 2),
        quote!(
            fn support(self) {}
        ),
        quote!(
            fn support(self: Rc<Self>) {}
        ),
        quote!(
            fn support(&mut self, a: A) {}
        ),
        quote!(
            fn support(a: &'static str) {}
        ),
        quote!(
            fn support(a: (u8, &[u8])) {}
        ),
        quote!(
            fn support(a: Vec<impl A>) {}
        ),
        quote!(
            fn support(ref a: A) {}
        ),
        quote!(
            fn support(a @ A(_): A) {}
        ),
        quote!(
            fn support() -> Result<impl A, B> {}
        ),
        quote!(
            async unsafe extern "C" fn support<'a, A, const B: u8>(_: &'a A) -> impl Future {}
        ),
        quote!(
            unsafe extern "C" fn support(a: u8, ...) {}
        ),
        quote!(
            #[tool]
            #[alphora::tool]
            fn support() {}
        ),
        quote!(
            #[doc = "  "]
            fn support() {}
        ),
        quote!(
            #[doc(hidden)]
            #[doc = include_str!("support.md")]
            fn support() {}
        ),
    ];
    for item in items {
        let expanded = crate::tool::expand(TokenStream::new(), &item);
        assert!(is_reported(&expanded), "{item}: {expanded}");
        assert!(expanded.to_string().to_lowercase().contains("support"), "{item}: {expanded}");
    }
}

#[test]
fn a_result_that_borrows_from_nothing_is_left_to_rustc() {
    let item = quote!(
        #[doc = "Helps."]
        fn support() -> Cow<'_, str> {}
    );
    let expanded = crate::tool::expand(TokenStream::new(), &item);
    assert!(!is_reported(&expanded) && !expanded.to_string().contains("Deref"), "{expanded}");
}

#[test]
fn a_result_of_several_bounds_stays_rust() {
    let item = quote!(
        #[doc = "Helps."]
        const fn support() -> First + Second<String> {}
    );
    let expanded = crate::tool::expand(TokenStream::new(), &item);
    assert!(is_reported(&expanded), "{expanded}");
    assert!(syn::parse2::<syn::File>(expanded.clone()).is_ok(), "{expanded}");
}
