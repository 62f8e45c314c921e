// The expansion of input/shortest.rs, written by ALPHORA_EXPAND=overwrite.

struct Echo;
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl Echo {
        /// An agent with these shared fields. Its marked fields are empty until a request binds them.
        #[must_use]
        pub fn new() -> Self {
            Self {}
        }
    }
    #[automatically_derived]
    impl __rt::Fields for Echo {
        type Memory = __rt::Unmarked;
        type Stream = __rt::Unmarked;
    }
    #[automatically_derived]
    impl __rt::AgentState for Echo {
        type Memory = ();
    }
    #[automatically_derived]
    impl __rt::Fresh for Echo
    where
        for<'__a> Self: __rt::Servable<'__a>,
    {
        fn fresh(&self) -> Self {
            Self {}
        }
    }
};
#[allow(clippy::unused_async)]
impl Echo {
    async fn run(&self, request: OpenAIRequest) -> String {
        request.get_user_query().into()
    }
}
///The options of `Echo`. `Default` is what its `#[agent(..)]` says.
#[allow(dead_code)]
pub type EchoConfig = ::alphora::__private::AgentConfig<Echo>;
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl __rt::Agent for Echo
    where
        for<'__a> Self: __rt::Later<'__a>,
    {
        const DESCRIPTION: &'static __rt::Description = &__rt::Description {
            agent: "Echo",
            options: __rt::Options::NONE,
            endpoints: &[__rt::EndpointDescription::new("run", __rt::Options::NONE)],
        };
        async fn call(
            __instance: &mut __rt::Instance<Self>,
            _: ::core::primitive::usize,
            __request: __rt::OpenAIRequest,
            __out: __rt::DataStreamer,
        ) -> ::core::result::Result<(), __rt::AgentError> {
            let __reply = __rt::sendable(
                    Self::run(
                        __instance.borrowed()?,
                        <OpenAIRequest as __rt::Parameter>::of(__request),
                    ),
                )
                .await;
            let __sent = <_ as __rt::IntoReply<_>>::reply(__reply, &__out).await;
            <_ as __rt::Answers<Self, _>>::done(__rt::Judge::<Self>::__answer(), __sent)
        }
    }
};
