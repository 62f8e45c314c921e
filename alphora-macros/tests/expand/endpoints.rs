// The expansion of input/endpoints.rs, written by ALPHORA_EXPAND=overwrite.

struct Support {
    name: String,
}
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl __rt::Fields for Support {
        type Memory = __rt::Unmarked;
        type Stream = __rt::Unmarked;
    }
    #[automatically_derived]
    impl __rt::AgentState for Support
    where
        for<'__a> String: __rt::Shared<'__a>,
    {
        type Memory = ();
        fn bind(&mut self, _: Self::Memory, __stream: __rt::DataStreamer) {
            __rt::Judge::<String>::__bind(&mut self.name, &__stream);
        }
    }
    #[automatically_derived]
    impl __rt::Fresh for Support
    where
        for<'__a> Self: __rt::Servable<'__a>,
        for<'__a> String: __rt::FreshField<'__a>,
    {
        fn fresh(&self) -> Self {
            Self {
                name: <_ as __rt::Copies<
                    String,
                >>::copy(__rt::Judge::<String>::__field(), &self.name),
            }
        }
    }
};
#[allow(clippy::unused_async)]
impl Support {
    async fn first(&self, request: OpenAIRequest) -> String {
        self.name.clone()
    }
    async fn second(self, request: OpenAIRequest) -> Result<String, Error> {
        Ok(self.name)
    }
}
///The options of `Support`. `Default` is what its `#[agent(..)]` says.
#[allow(dead_code)]
pub type Options = ::alphora::__private::AgentConfig<Support>;
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl __rt::Agent for Support
    where
        for<'__a> Self: __rt::Later<'__a>,
    {
        const DESCRIPTION: &'static __rt::Description = &__rt::Description {
            agent: "Support",
            options: __rt::Options {
                path: ::core::option::Option::Some("/base"),
                timeout: ::core::option::Option::Some({
                    const __VALUE: ::core::primitive::u64 = __rt::seconds(
                        2 * MINUTE,
                        "`timeout` must be at least 1 and at most 3153600000 seconds",
                    );
                    __VALUE
                }),
                idle_timeout: ::core::option::Option::Some(60),
                default_stream: ::core::option::Option::Some(false),
                on_disconnect: ::core::option::Option::Some(
                    __rt::OnDisconnect::Continue,
                ),
                concurrency: ::core::option::Option::Some(__rt::Concurrency::Reject),
                on_failure: ::core::option::Option::Some(__rt::OnFailure::Keep),
                ..__rt::Options::NONE
            },
            endpoints: &[
                __rt::EndpointDescription::new("first", __rt::Options::NONE),
                __rt::EndpointDescription::new(
                    "second",
                    __rt::Options {
                        path: ::core::option::Option::Some("/second"),
                        name: ::core::option::Option::Some("two"),
                        api_title: ::core::option::Option::Some(
                            "second of Support in {{braces}}",
                        ),
                        ..__rt::Options::NONE
                    },
                ),
            ],
        };
        async fn call(
            __instance: &mut __rt::Instance<Self>,
            __endpoint: ::core::primitive::usize,
            __request: __rt::OpenAIRequest,
            __out: __rt::DataStreamer,
        ) -> ::core::result::Result<(), __rt::AgentError> {
            match __endpoint {
                0usize => {
                    let __reply = __rt::sendable(
                            Self::first(
                                __instance.borrowed()?,
                                <OpenAIRequest as __rt::Parameter>::of(__request),
                            ),
                        )
                        .await;
                    let __sent = <_ as __rt::IntoReply<_>>::reply(__reply, &__out).await;
                    <_ as __rt::Answers<
                        Self,
                        _,
                    >>::done(__rt::Judge::<Self>::__answer(), __sent)
                }
                _ => {
                    let __reply = __rt::sendable(
                            Self::second(
                                <_ as __rt::Takes<
                                    Self,
                                >>::take(__rt::Judge::<Self>::__taken(), __instance)?,
                                <OpenAIRequest as __rt::Parameter>::of(__request),
                            ),
                        )
                        .await;
                    let __sent = <_ as __rt::IntoReply<_>>::reply(__reply, &__out).await;
                    <_ as __rt::Answers<
                        Self,
                        _,
                    >>::done(__rt::Judge::<Self>::__answer(), __sent)
                }
            }
        }
    }
};
