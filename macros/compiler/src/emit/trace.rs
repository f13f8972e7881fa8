//! What a turn tells of its way, where it is asked to: where it begins, and where it leads.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::flow::node;
use super::turn::Emitter;
use crate::graph::{Node, QuestionId};

impl Emitter<'_, '_> {
    /// The turn goes on from here.
    pub(super) fn leaves(&self, from: Node) -> TokenStream {
        let from = node(from);
        self.told(quote!(leaves), quote!(, #from))
    }

    /// It has come to this.
    pub(super) fn arrives(&self, at: Node) -> TokenStream {
        let at = node(at);
        self.told(quote!(arrives), quote!(, #at))
    }

    /// It waits while another conversation is run: it has come to this, or was there all the time.
    pub(super) fn runs(&self, question: QuestionId) -> TokenStream {
        let at = node(Node::Question(question));
        self.told(quote!(runs), quote!(, #at))
    }

    /// What was run has ended.
    pub(super) fn ran(&self) -> TokenStream {
        self.told(quote!(ran), TokenStream::new())
    }

    /// It only asks once more, since somebody else says so.
    pub(super) fn asked(&self) -> TokenStream {
        self.told(quote!(asked), TokenStream::new())
    }

    /// It goes back to the question before.
    pub(super) fn returns(&self) -> TokenStream {
        self.told(quote!(returns), TokenStream::new())
    }

    fn told(&self, what: TokenStream, at: TokenStream) -> TokenStream {
        if !self.traced {
            return TokenStream::new();
        }
        let flow = self.conversation.name.to_string();
        quote_spanned!(Span::mixed_site()=> ::converse::__private::trace::#what(#flow #at);)
    }
}
