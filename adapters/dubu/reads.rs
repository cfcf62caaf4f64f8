//! Every call that this adapter can make.

use crate::contract::ReadOperation;

/// The case list, searched by free text or filtered by department and state.
pub(super) const SEARCH: ReadOperation = ReadOperation::get("search", "/odata/Sag");
/// One case's dates, department and subject.
pub(super) const DETAILS: ReadOperation = ReadOperation::get("details", "/api/sager/details/{id}");
/// The municipality's users, for the caseworkers' numbers.
pub(super) const USERS: ReadOperation = ReadOperation::get("users", "/odata/OrgBruger/Default.GetByKommune");
/// Who we are logged in as: a question about no citizen.
pub(super) const CURRENT_USER: ReadOperation =
    ReadOperation::get("current user", "/api/organisation/bruger/currentuser");

/// The whole list.
pub(super) const READS: &[ReadOperation] = &[SEARCH, DETAILS, USERS, CURRENT_USER];
