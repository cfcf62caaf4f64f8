//! Every call that the adapter can make; what is not here does not leave the house.

use crate::contract::ReadOperation;

/// The token, at the usual path of the realm. It is a query too: nothing in SBSYS changes by it.
pub(super) const TOKEN: ReadOperation =
    ReadOperation::post("token", "/auth/realms/sbsip/protocol/openid-connect/token");
/// The token at a configured path, which is then part of the token connection's own address.
pub(super) const TOKEN_ELSEWHERE: ReadOperation = ReadOperation::post("token", "");
/// [DK] søg sager: a search by POST.
pub(super) const SEARCH: ReadOperation = ReadOperation::post("search", "/api/sag/search");
/// [DK] sag.
pub(super) const CASE: ReadOperation = ReadOperation::get("case", "/api/sag/{id}");
/// [DK] sagsstatusser, which concern no citizen: the probe.
pub(super) const STATUS_LIST: ReadOperation = ReadOperation::get("status_list", "/api/sag/sagStatusList");
/// [DK] bruger: the caseworker's numbers.
pub(super) const USER: ReadOperation = ReadOperation::get("user", "/api/bruger/{uuid}");
/// [DK] erindringer: the case's deadlines.
pub(super) const REMINDERS: ReadOperation = ReadOperation::get("reminders", "/api/erindring/sag/{id}");

/// All of them, with the token at its usual path.
pub(super) const READS: &[ReadOperation] = &[TOKEN, SEARCH, CASE, STATUS_LIST, USER, REMINDERS];
/// What a connection to a token service elsewhere may send.
pub(super) const TOKEN_READS: &[ReadOperation] = &[TOKEN, TOKEN_ELSEWHERE];
