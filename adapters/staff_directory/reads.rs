//! Every call that the adapter can make: two searches and five lists. Nothing that writes is here.

use super::wire::Service;
use crate::contract::ReadOperation;

/// Users by name.
pub(super) const SEARCH_USERS: &ReadOperation = &READS[0];
/// Functions by user, unit or person.
pub(super) const SEARCH_FUNCTIONS: &ReadOperation = &READS[1];

/// Every call that the adapter can make. The paths end in a slash.
pub(super) const READS: &[ReadOperation] = &[
    ReadOperation::soap("search_users", "/organisation/bruger/6/", "http://kombit.dk/sts/organisation/bruger/soeg"),
    ReadOperation::soap(
        "search_functions",
        "/organisation/organisationfunktion/6/",
        "http://kombit.dk/sts/organisation/organisationfunktion/soeg",
    ),
    ReadOperation::soap("users", "/organisation/bruger/6/", "http://kombit.dk/sts/organisation/bruger/list"),
    ReadOperation::soap("persons", "/organisation/person/6/", "http://kombit.dk/sts/organisation/person/list"),
    ReadOperation::soap("addresses", "/organisation/adresse/6/", "http://kombit.dk/sts/organisation/adresse/list"),
    ReadOperation::soap(
        "functions",
        "/organisation/organisationfunktion/6/",
        "http://kombit.dk/sts/organisation/organisationfunktion/list",
    ),
    ReadOperation::soap(
        "units",
        "/organisation/organisationenhed/6/",
        "http://kombit.dk/sts/organisation/organisationenhed/list",
    ),
];

/// The list of one service's objects.
pub(super) const fn list_of(service: Service) -> &'static ReadOperation {
    match service {
        Service::User => &READS[2],
        Service::Person => &READS[3],
        Service::Address => &READS[4],
        Service::Function => &READS[5],
        Service::Unit => &READS[6],
    }
}
