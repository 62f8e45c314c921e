// The expansion of input/support.rs, written by ALPHORA_EXPAND=overwrite.

/// Answers from the conversation so far.
pub struct Support {
    llm: OpenAILike,
    memory: MemoryManager,
    stream: DataStreamer,
}
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl Support {
        /// An agent with these shared fields. Its marked fields are empty until a request binds them.
        #[must_use]
        pub fn new(llm: OpenAILike) -> Self {
            Self {
                llm,
                memory: __rt::Judge::<MemoryManager>::__empty(),
                stream: __rt::detached::<Self>(),
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
        for<'__a> OpenAILike: __rt::Shared<'__a>,
    {
        type Memory = MemoryManager;
        const HAS_MEMORY: ::core::primitive::bool = true;
        fn bind(&mut self, __memory: Self::Memory, __stream: __rt::DataStreamer) {
            __rt::Judge::<OpenAILike>::__bind(&mut self.llm, &__stream);
            self.memory = __memory;
            self.stream = __rt::attach::<Self>(&__stream);
        }
        fn take_memory(&mut self) -> Self::Memory {
            ::core::mem::replace(
                &mut self.memory,
                __rt::Judge::<MemoryManager>::__empty(),
            )
        }
    }
    #[automatically_derived]
    impl __rt::Fresh for Support
    where
        for<'__a> Self: __rt::Servable<'__a>,
        for<'__a> OpenAILike: __rt::FreshField<'__a>,
    {
        fn fresh(&self) -> Self {
            Self {
                llm: <_ as __rt::Copies<
                    OpenAILike,
                >>::copy(__rt::Judge::<OpenAILike>::__field(), &self.llm),
                memory: __rt::Judge::<MemoryManager>::__empty(),
                stream: __rt::detached::<Self>(),
            }
        }
    }
};
#[allow(clippy::unused_async)]
impl Support {
    pub async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        self.memory.add_user(request.get_user_query());
        self.stream.stop().await
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
            options: __rt::Options {
                path: ::core::option::Option::Some("/api/v1"),
                api_title: ::core::option::Option::Some("Support API"),
                api_description: ::core::option::Option::Some("Support.run"),
                memory_ttl: ::core::option::Option::Some(7200),
                max_memory_items: ::core::option::Option::Some(500),
                ..__rt::Options::NONE
            },
            endpoints: &[__rt::EndpointDescription::new("run", __rt::Options::NONE)],
        };
        async fn call(
            __instance: &mut __rt::Instance<Self>,
            _: ::core::primitive::usize,
            __request: __rt::OpenAIRequest,
            __out: __rt::DataStreamer,
        ) -> ::core::result::Result<(), __rt::AgentError> {
            <_ as __rt::key::memory_ttl>::check(__rt::Judge::<Self>::__memory());
            <_ as __rt::key::max_memory_items>::check(__rt::Judge::<Self>::__memory());
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
