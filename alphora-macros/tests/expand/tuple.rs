// The expansion of input/tuple.rs, written by ALPHORA_EXPAND=overwrite.

struct Support(Llm, DataStreamer, Notes);
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl Support {
        /// An agent with these shared fields. Its marked fields are empty until a request binds them.
        #[must_use]
        pub fn new(field_0: Llm) -> Self {
            Self {
                0: field_0,
                1: __rt::detached::<Self>(),
                2: __rt::Judge::<Notes>::__empty(),
            }
        }
    }
    #[automatically_derived]
    impl __rt::Fields for Support {
        type Memory = __rt::Marked;
        type Stream = DataStreamer;
    }
    #[automatically_derived]
    impl __rt::AgentState for Support
    where
        for<'__a> Llm: __rt::Shared<'__a>,
    {
        type Memory = Notes;
        const HAS_MEMORY: ::core::primitive::bool = true;
        fn bind(&mut self, __memory: Self::Memory, __stream: __rt::DataStreamer) {
            __rt::Judge::<Llm>::__bind(&mut self.0, &__stream);
            self.1 = __rt::attach::<Self>(&__stream);
            self.2 = __memory;
        }
        fn take_memory(&mut self) -> Self::Memory {
            ::core::mem::replace(&mut self.2, __rt::Judge::<Notes>::__empty())
        }
    }
    #[automatically_derived]
    impl __rt::Fresh for Support
    where
        for<'__a> Self: __rt::Servable<'__a>,
        for<'__a> Llm: __rt::FreshField<'__a>,
    {
        fn fresh(&self) -> Self {
            Self {
                0: <_ as __rt::Copies<
                    Llm,
                >>::copy(__rt::Judge::<Llm>::__field(), &self.0),
                1: __rt::detached::<Self>(),
                2: __rt::Judge::<Notes>::__empty(),
            }
        }
    }
};
#[allow(clippy::unused_async)]
impl Support {
    async fn run(&self, request: OpenAIRequest) -> alphora::Result {
        self.1.stop().await
    }
}
///The options of `Support`. `Default` is what its `#[agent(..)]` says.
#[allow(dead_code)]
pub type SupportConfig = ::alphora::__private::AgentConfig<Support>;
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
