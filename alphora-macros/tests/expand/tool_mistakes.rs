// The expansion of input/tool_mistakes.rs, written by ALPHORA_EXPAND=overwrite.

#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
struct search;
const _: () = {
    #[allow(clippy::needless_pass_by_value)]
    #[allow(dead_code)]
    unsafe fn search<T>(query: &str, limit: T) -> String {
        find(query, limit)
    }
    #[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
    #[allow(clippy::new_without_default, deprecated)]
    const _: () = {
        use ::alphora::__private as __rt;
        use __rt::Lenient as _;
        impl __rt::ToolFunction for search {
            const NAME: &'static ::core::primitive::str = "";
            const DESCRIPTION: &'static ::core::primitive::str = "";
            fn parameters() -> __rt::ToolParameters {
                ::core::unreachable!()
            }
            async fn run(&self, _: &mut __rt::Given) -> __rt::Ran {
                ::core::unreachable!()
            }
        }
    };
};
::core::compile_error! {
    "unknown key `nam` (did you mean `name`?)\nhelp: the keys of a tool are `name`, `description`, `timeout`, `strict`, `crate`, `query`, `limit`"
}
::core::compile_error! {
    "tool `search` must not be `unsafe`\nhelp: call such a function from a plain one"
}
::core::compile_error! {
    "a parameter of tool `search` must own its data\nhelp: write `String`"
}
::core::compile_error! {
    "tool `search` must not be generic\nhelp: a model gives arguments of known types: write them in place of the parameters"
}
::core::compile_error! {
    "tool `search` has no description for the model\nhelp: say what it does in a `///` comment above it, or with `#[tool(description = \"..\")]`"
}
::core::compile_error! {
    "`limit` must be a string, not an integer\nhelp: write it in quotes"
}
