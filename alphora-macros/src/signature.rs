//! Facts about a `fn` that can be read from its tokens.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    FnArg, GenericArgument, GenericParam, PatType, PathArguments, ReceiverKind, ReturnType, Safety,
    Signature, Type, TypeReference,
};

/// How a method takes its agent.
pub(crate) enum Receiver {
    /// `&self` or `&mut self`.
    Borrowed,
    /// `self`.
    Owned,
    /// A smart pointer, whose type this is.
    Pointer(Box<Type>),
    /// It does not.
    Missing,
}

/// How `signature` takes `self`.
pub(crate) fn receiver(signature: &Signature) -> Receiver {
    let Some(receiver) = signature.receiver() else { return Receiver::Missing };
    match &receiver.kind {
        ReceiverKind::Value => Receiver::Owned,
        ReceiverKind::Reference(..) => Receiver::Borrowed,
        ReceiverKind::Typed(_, ty) => match ungrouped(ty) {
            Type::Reference(reference) if is_self(&reference.elem) => Receiver::Borrowed,
            ty if is_self(ty) => Receiver::Owned,
            ty => Receiver::Pointer(Box::new(ty.clone())),
        },
        _ => Receiver::Pointer(Box::new(syn::parse_quote!(Self))),
    }
}

/// The parameters without `self`.
pub(crate) fn parameters(signature: &Signature) -> impl Iterator<Item = &PatType> {
    signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    })
}

/// The tokens of `<..>` if it holds more than lifetimes.
pub(crate) fn type_parameters(signature: &Signature) -> Option<TokenStream> {
    let generics = &signature.generics;
    let generic = generics.params.iter().any(|param| !matches!(param, GenericParam::Lifetime(_)));
    generic.then(|| {
        let (open, params, close) = (&generics.lt_token, &generics.params, &generics.gt_token);
        quote!(#open #params #close)
    })
}

/// `const`, `unsafe`, `extern ".."`, `...`: each with its name.
pub(crate) fn qualifiers(signature: &Signature) -> Vec<(TokenStream, &'static str)> {
    let mut found = Vec::new();
    if let Some(token) = &signature.constness {
        found.push((token.to_token_stream(), "const"));
    }
    match &signature.safety {
        Safety::Unsafe(token) => found.push((token.to_token_stream(), "unsafe")),
        Safety::Safe(token) => found.push((token.to_token_stream(), "safe")),
        Safety::Default => {}
    }
    if let Some(abi) = &signature.abi {
        found.push((abi.extern_token.to_token_stream(), "extern"));
    }
    if let Some(variadic) = &signature.variadic {
        found.push((variadic.dots.to_token_stream(), "variadic"));
    }
    found
}

/// Whether the type returned has the shape of a future: `impl Future`, or a boxed one.
pub(crate) fn returns_future(signature: &Signature) -> bool {
    let ReturnType::Type(_, ty) = &signature.output else { return false };
    match ungrouped(ty) {
        Type::ImplTrait(ty) => mentions(&ty.to_token_stream(), &["Future"]),
        Type::Path(ty) => mentions(&ty.to_token_stream(), &["Future", "BoxFuture", "LocalBoxFuture"]),
        _ => false,
    }
}

/// Whether one of `words` occurs among the identifiers of `tokens`.
pub(crate) fn mentions(tokens: &TokenStream, words: &[&str]) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => words.iter().any(|word| ident == word),
        proc_macro2::TokenTree::Group(group) => mentions(&group.stream(), words),
        _ => false,
    })
}

/// Shows each reference without a lifetime, which a field cannot have: that of a function's parameter is none of the
/// field's.
pub(crate) fn each_elided(ty: &mut Type, show: &mut dyn FnMut(&mut TypeReference)) {
    match ty {
        Type::Reference(reference) => {
            if reference.lifetime.as_ref().is_none_or(|name| name.ident == "_") {
                show(reference);
            }
            each_elided(&mut reference.elem, show);
        }
        Type::Array(array) => each_elided(&mut array.elem, show),
        Type::Group(group) => each_elided(&mut group.elem, show),
        Type::Paren(paren) => each_elided(&mut paren.elem, show),
        Type::Slice(slice) => each_elided(&mut slice.elem, show),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(|element| each_elided(element, show)),
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                let PathArguments::AngleBracketed(given) = &mut segment.arguments else { continue };
                for argument in &mut given.args {
                    if let GenericArgument::Type(ty) = argument {
                        each_elided(ty, show);
                    }
                }
            }
        }
        _ => {}
    }
}

/// The type without the invisible brackets that `macro_rules!` puts around `$t:ty`.
pub(crate) fn ungrouped(mut ty: &Type) -> &Type {
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    ty
}

/// The last name of a type's path, without what it is given.
pub(crate) fn name(ty: &Type) -> Option<&Ident> {
    match ungrouped(ty) {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}

fn is_self(ty: &Type) -> bool {
    matches!(ungrouped(ty), Type::Path(path) if path.path.is_ident("Self"))
}
