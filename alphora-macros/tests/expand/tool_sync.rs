// The expansion of input/tool_sync.rs, written by ALPHORA_EXPAND=overwrite.

/// Searches the web.
///
/// Gives the first results, the best first, one
/// a line.
#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub struct search_web;
const _: () = {
    #[allow(clippy::needless_pass_by_value)]
    fn search_web(query: String, limit: Option<u32>, context: ToolContext) -> String {
        find(query, limit.unwrap_or(5), context.state::<Index>())
    }
    #[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
    #[allow(clippy::new_without_default, deprecated)]
    const _: () = {
        use ::alphora::__private as __rt;
        use __rt::Lenient as _;
        #[automatically_derived]
        impl ::core::ops::Deref for search_web {
            type Target = fn(String, Option<u32>, ToolContext) -> String;
            fn deref(&self) -> &Self::Target {
                &(search_web as Self::Target)
            }
        }
        #[automatically_derived]
        impl __rt::ToolFunction for search_web {
            const NAME: &'static ::core::primitive::str = "search_web";
            const DESCRIPTION: &'static ::core::primitive::str = "Searches the web.\n\nGives the first results, the best first, one a line.";
            fn parameters() -> __rt::ToolParameters {
                let __described = [
                    <String as __rt::Argument>::described("query", ""),
                    <Option<u32> as __rt::Argument>::described("limit", ""),
                    <ToolContext as __rt::Argument>::described("context", ""),
                ];
                __rt::parameters(&__described)
            }
            async fn run(&self, __given: &mut __rt::Given) -> __rt::Ran {
                __given
                    .blocking(|__given| {
                        let __result = search_web(
                            <String as __rt::Argument>::take(__given, "query")?,
                            <Option<u32> as __rt::Argument>::take(__given, "limit")?,
                            <ToolContext as __rt::Argument>::take(__given, "context")?,
                        );
                        <_ as __rt::Outcome<
                            _,
                        >>::output(__rt::Judge::<String>::__outcome(), __result)
                    })
                    .await
            }
        }
    };
};
