//! The OData style that DUBU and Modulus Social share.
