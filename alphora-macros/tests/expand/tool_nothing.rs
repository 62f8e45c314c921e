// The expansion of input/tool_nothing.rs, written by ALPHORA_EXPAND=overwrite.

/// Rings the bell.
#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
struct ring;
const _: () = {
    #[allow(clippy::needless_pass_by_value)]
    fn ring() {}
    #[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
    #[allow(clippy::new_without_default, deprecated)]
    const _: () = {
        use ::alphora::__private as __rt;
        use __rt::Lenient as _;
        #[automatically_derived]
        impl ::core::ops::Deref for ring {
            type Target = fn() -> ();
            fn deref(&self) -> &Self::Target {
                &(ring as Self::Target)
            }
        }
        #[automatically_derived]
        impl __rt::ToolFunction for ring {
            const NAME: &'static ::core::primitive::str = "ring";
            const DESCRIPTION: &'static ::core::primitive::str = "Rings the bell.";
            fn parameters() -> __rt::ToolParameters {
                let __described = [];
                __rt::parameters(&__described)
            }
            async fn run(&self, __given: &mut __rt::Given) -> __rt::Ran {
                __given
                    .blocking(|__given| {
                        let __result = ring();
                        <_ as __rt::Outcome<
                            _,
                        >>::output(__rt::Judge::<()>::__outcome(), __result)
                    })
                    .await
            }
        }
    };
};
