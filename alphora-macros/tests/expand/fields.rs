// The expansion of input/fields.rs, written by ALPHORA_EXPAND=overwrite.

struct Many {
    a: A,
    b: B,
    c: C,
    d: D,
    e: E,
    f: F,
    g: G,
    h: H,
    i: I,
}
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl Many {
        /// An agent with these shared fields. Its marked fields are empty until a request binds them.
        #[must_use]
        pub fn new(a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I) -> Self {
            Self { a, b, c, d, e, f, g, h, i }
        }
    }
    #[automatically_derived]
    impl __rt::Fields for Many {
        type Memory = __rt::Unmarked;
        type Stream = __rt::Unmarked;
    }
    #[automatically_derived]
    impl __rt::AgentState for Many
    where
        for<'__a> A: __rt::Shared<'__a>,
        for<'__a> B: __rt::Shared<'__a>,
        for<'__a> C: __rt::Shared<'__a>,
        for<'__a> D: __rt::Shared<'__a>,
        for<'__a> E: __rt::Shared<'__a>,
        for<'__a> F: __rt::Shared<'__a>,
        for<'__a> G: __rt::Shared<'__a>,
        for<'__a> H: __rt::Shared<'__a>,
        for<'__a> I: __rt::Shared<'__a>,
    {
        type Memory = ();
        fn bind(&mut self, _: Self::Memory, __stream: __rt::DataStreamer) {
            __rt::Judge::<A>::__bind(&mut self.a, &__stream);
            __rt::Judge::<B>::__bind(&mut self.b, &__stream);
            __rt::Judge::<C>::__bind(&mut self.c, &__stream);
            __rt::Judge::<D>::__bind(&mut self.d, &__stream);
            __rt::Judge::<E>::__bind(&mut self.e, &__stream);
            __rt::Judge::<F>::__bind(&mut self.f, &__stream);
            __rt::Judge::<G>::__bind(&mut self.g, &__stream);
            __rt::Judge::<H>::__bind(&mut self.h, &__stream);
            __rt::Judge::<I>::__bind(&mut self.i, &__stream);
        }
    }
    #[automatically_derived]
    impl __rt::Fresh for Many
    where
        for<'__a> Self: __rt::Servable<'__a>,
        for<'__a> A: __rt::FreshField<'__a>,
        for<'__a> B: __rt::FreshField<'__a>,
        for<'__a> C: __rt::FreshField<'__a>,
        for<'__a> D: __rt::FreshField<'__a>,
        for<'__a> E: __rt::FreshField<'__a>,
        for<'__a> F: __rt::FreshField<'__a>,
        for<'__a> G: __rt::FreshField<'__a>,
        for<'__a> H: __rt::FreshField<'__a>,
        for<'__a> I: __rt::FreshField<'__a>,
    {
        fn fresh(&self) -> Self {
            Self {
                a: <_ as __rt::Copies<A>>::copy(__rt::Judge::<A>::__field(), &self.a),
                b: <_ as __rt::Copies<B>>::copy(__rt::Judge::<B>::__field(), &self.b),
                c: <_ as __rt::Copies<C>>::copy(__rt::Judge::<C>::__field(), &self.c),
                d: <_ as __rt::Copies<D>>::copy(__rt::Judge::<D>::__field(), &self.d),
                e: <_ as __rt::Copies<E>>::copy(__rt::Judge::<E>::__field(), &self.e),
                f: <_ as __rt::Copies<F>>::copy(__rt::Judge::<F>::__field(), &self.f),
                g: <_ as __rt::Copies<G>>::copy(__rt::Judge::<G>::__field(), &self.g),
                h: <_ as __rt::Copies<H>>::copy(__rt::Judge::<H>::__field(), &self.h),
                i: <_ as __rt::Copies<I>>::copy(__rt::Judge::<I>::__field(), &self.i),
            }
        }
    }
};
#[allow(clippy::unused_async)]
impl Many {
    async fn run(&self, request: OpenAIRequest) -> String {
        request.get_user_query().into()
    }
}
///The options of `Many`. `Default` is what its `#[agent(..)]` says.
#[allow(dead_code)]
pub type ManyConfig = ::alphora::__private::AgentConfig<Many>;
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl __rt::Agent for Many
    where
        for<'__a> Self: __rt::Later<'__a>,
    {
        const DESCRIPTION: &'static __rt::Description = &__rt::Description {
            agent: "Many",
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
