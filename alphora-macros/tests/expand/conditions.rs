// The expansion of input/conditions.rs, written by ALPHORA_EXPAND=overwrite.

#[cfg(feature = "support")]
struct Support {
    #[cfg(feature = "llm")]
    llm: Llm,
    name: String,
}
#[cfg(feature = "support")]
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl Support {
        /// An agent with these shared fields. Its marked fields are empty until a request binds them.
        #[must_use]
        pub fn new(#[cfg(feature = "llm")] llm: Llm, name: String) -> Self {
            Self {
                #[cfg(feature = "llm")]
                llm,
                name,
            }
        }
    }
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
            #[cfg(feature = "llm")] __rt::Judge::<Llm>::__bind(&mut self.llm, &__stream);
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
                #[cfg(feature = "llm")]
                llm: <_ as __rt::Copies<
                    Llm,
                >>::copy(__rt::Judge::<Llm>::__field(), &self.llm),
                name: <_ as __rt::Copies<
                    String,
                >>::copy(__rt::Judge::<String>::__field(), &self.name),
            }
        }
    }
};
#[allow(clippy::unused_async)]
#[cfg(feature = "support")]
impl Support {
    #[cfg(feature = "llm")]
    async fn run(&self, request: OpenAIRequest) -> String {
        self.llm.answer(request).await
    }
    #[cfg(not(feature = "llm"))]
    async fn run(&self, request: OpenAIRequest) -> String {
        self.name.clone()
    }
}
#[cfg(feature = "support")]
///The options of `Support`. `Default` is what its `#[agent(..)]` says.
#[allow(dead_code)]
pub type SupportConfig = ::alphora::__private::AgentConfig<Support>;
#[cfg(feature = "support")]
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
            options: __rt::Options::NONE,
            endpoints: &[
                #[cfg(feature = "llm")]
                __rt::EndpointDescription::new("run", __rt::Options::NONE),
                #[cfg(not(feature = "llm"))]
                __rt::EndpointDescription::new("run", __rt::Options::NONE),
            ],
        };
        async fn call(
            __instance: &mut __rt::Instance<Self>,
            __endpoint: ::core::primitive::usize,
            __request: __rt::OpenAIRequest,
            __out: __rt::DataStreamer,
        ) -> ::core::result::Result<(), __rt::AgentError> {
            match Self::DESCRIPTION
                .endpoints
                .get(__endpoint)
                .map(|__endpoint| __endpoint.method)
            {
                #[cfg(feature = "llm")]
                ::core::option::Option::Some("run") => {
                    let __reply = __rt::sendable(
                            Self::run(
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
                #[cfg(not(feature = "llm"))]
                ::core::option::Option::Some("run") => {
                    let __reply = __rt::sendable(
                            Self::run(
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
                _ => __rt::no_such_endpoint::<Self>(),
            }
        }
    }
};
