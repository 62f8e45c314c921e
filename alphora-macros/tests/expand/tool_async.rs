// The expansion of input/tool_async.rs, written by ALPHORA_EXPAND=overwrite.

///The weather now.
#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
struct get_weather;
const _: () = {
    #[allow(clippy::needless_pass_by_value)]
    async fn get_weather(city: String) -> Result<Weather, ServiceError> {
        service().weather(&city).await
    }
    #[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
    #[allow(clippy::new_without_default, deprecated)]
    const _: () = {
        use ::alphora::__private as __rt;
        use __rt::Lenient as _;
        #[automatically_derived]
        impl ::core::ops::Deref for get_weather {
            type Target = fn(String) -> __rt::Pending<Result<Weather, ServiceError>>;
            fn deref(&self) -> &Self::Target {
                &((|__0| __rt::pending(get_weather(__0))) as Self::Target)
            }
        }
        #[automatically_derived]
        impl __rt::ToolFunction for get_weather {
            const NAME: &'static ::core::primitive::str = "weather";
            const DESCRIPTION: &'static ::core::primitive::str = "The weather now.";
            const TIMEOUT: ::core::option::Option<::core::primitive::u64> = ::core::option::Option::Some(
                5,
            );
            fn parameters() -> __rt::ToolParameters {
                let __described = [
                    <String as __rt::Argument>::described("city", "the city's name"),
                ];
                __rt::parameters(&__described)
            }
            async fn run(&self, __given: &mut __rt::Given) -> __rt::Ran {
                let __future = self(<String as __rt::Argument>::take(__given, "city")?);
                let __result = __future.await;
                <_ as __rt::Outcome<
                    _,
                >>::output(
                    __rt::Judge::<Result<Weather, ServiceError>>::__outcome(),
                    __result,
                )
            }
        }
    };
};
