// The expansion of input/generics.rs, written by ALPHORA_EXPAND=overwrite.

struct Support<M: Model, N, const SIZE: usize = 3>
where
    M: Clone,
{
    model: M,
    notes: N,
    sizes: [u8; SIZE],
}
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl<M: Model, N, const SIZE: usize> Support<M, N, SIZE>
    where
        M: Clone,
    {
        /// An agent with these shared fields. Its marked fields are empty until a request binds them.
        #[must_use]
        pub fn new(model: M, sizes: [u8; SIZE]) -> Self
        where
            N: ::core::default::Default,
        {
            Self {
                model,
                notes: __rt::Judge::<N>::__empty(),
                sizes,
            }
        }
    }
    #[automatically_derived]
    impl<M: Model, N, const SIZE: usize> __rt::Fields for Support<M, N, SIZE>
    where
        M: Clone,
    {
        type Memory = __rt::Marked;
        type Stream = __rt::Unmarked;
    }
    #[automatically_derived]
    impl<M: Model, N, const SIZE: usize> __rt::AgentState for Support<M, N, SIZE>
    where
        M: Clone,
        for<'__a> M: __rt::Shared<'__a>,
        for<'__a> [u8; SIZE]: __rt::Shared<'__a>,
        N: __rt::Memory,
    {
        type Memory = N;
        const HAS_MEMORY: ::core::primitive::bool = true;
        fn bind(&mut self, __memory: Self::Memory, __stream: __rt::DataStreamer) {
            __rt::Judge::<M>::__bind(&mut self.model, &__stream);
            self.notes = __memory;
            __rt::Judge::<[u8; SIZE]>::__bind(&mut self.sizes, &__stream);
        }
        fn take_memory(&mut self) -> Self::Memory {
            ::core::mem::replace(&mut self.notes, __rt::Judge::<N>::__empty())
        }
    }
    #[automatically_derived]
    impl<M: Model, N, const SIZE: usize> __rt::Fresh for Support<M, N, SIZE>
    where
        M: Clone,
        for<'__a> Self: __rt::Servable<'__a>,
        for<'__a> M: __rt::FreshField<'__a>,
        for<'__a> [u8; SIZE]: __rt::FreshField<'__a>,
        N: __rt::Memory,
    {
        fn fresh(&self) -> Self {
            Self {
                model: <_ as __rt::Copies<
                    M,
                >>::copy(__rt::Judge::<M>::__field(), &self.model),
                notes: __rt::Judge::<N>::__empty(),
                sizes: <_ as __rt::Copies<
                    [u8; SIZE],
                >>::copy(__rt::Judge::<[u8; SIZE]>::__field(), &self.sizes),
            }
        }
    }
};
#[allow(clippy::unused_async)]
impl<M: Model, N: Memory, const SIZE: usize> Support<M, N, SIZE>
where
    M: Clone,
{
    async fn run(&mut self, request: OpenAIRequest) -> String {
        self.model.answer(&self.notes, request).await
    }
}
///The options of `Support`. `Default` is what its `#[agent(..)]` says.
#[allow(dead_code)]
pub type SupportConfig<M, N, const SIZE: usize> = ::alphora::__private::AgentConfig<
    Support<M, N, SIZE>,
>;
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl<M: Model, N: Memory, const SIZE: usize> __rt::Agent for Support<M, N, SIZE>
    where
        M: Clone,
        for<'__a> Self: __rt::Later<'__a>,
    {
        const DESCRIPTION: &'static __rt::Description = &__rt::Description {
            agent: "Support",
            options: __rt::Options {
                memory_ttl: ::core::option::Option::Some(60),
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
