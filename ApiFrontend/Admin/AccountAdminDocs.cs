using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Describes the routes about accounts.</summary>
internal static class AccountAdminDocs
{
    public static RouteDoc List { get; } =
        RouteDoc
            .ForOperators("listAccounts", "List a pool's accounts")
            .Path("pool", "The pool's name.")
            .Query("search", """{"type":"string"}""", "A part of the name.")
            .Query("state", """{"type":"string","enum":["ready","coolingDown","refused","expired","disabled","draining","sealed"]}""")
            .Query(
                "sort",
                """{"type":"string","enum":["configured","name","state","leases","headroom","expires"],"default":"configured"}"""
            )
            .Query("order", """{"type":"string","enum":["asc","desc"],"default":"asc"}""")
            .Query("skip", """{"type":"integer","minimum":0,"default":0}""")
            .Query(
                "limit",
                """{"type":"integer","minimum":1,"maximum":500,"default":100}""",
                "Without any parameter, all accounts are answered."
            )
            .Answers<AccountList>(200, "The accounts in force, configured ones first, and added ones that are not in force.")
            .Fails(400, "A parameter is wrong.")
            .Fails(404, "No such pool or account.");

    public static RouteDoc Add { get; } =
        RouteDoc
            .ForOperators(
                "addAccount",
                "Add an account",
                "The cluster owns the account from now on, over restarts. Its token is kept encrypted and never given out again."
            )
            .Path("pool", "The pool's name.")
            .Body("NewAccount")
            .Answers<AccountAnswer>(201, "It is stored and may serve.")
            .Fails(400, "A field is wrong; every problem is named.")
            .Fails(409, "The name, or the upstream account, is there already.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");

    public static RouteDoc Get { get; } =
        RouteDoc
            .ForOperators("getAccount", "Show an account")
            .Path("pool", "The pool's name.")
            .Path("name", "The account's name.")
            .Answers<AccountAnswer>(200, "The account as it is in force now.")
            .Fails(404, "No such pool or account.")
            .Fails(409, "An added account that a configured one hides.");

    public static RouteDoc Change { get; } =
        RouteDoc
            .ForOperators(
                "changeAccount",
                "Change an account",
                "Fields that are not given stay. `null` goes back to what the configuration says, or to the default. A configured account keeps its token, device and headers."
            )
            .Path("pool", "The pool's name.")
            .Path("name", "The account's name.")
            .Body("AccountChange")
            .Answers<AccountAnswer>(200, "The account as it is in force now.")
            .Fails(400, "A field is wrong; every problem is named.")
            .Fails(404, "No such pool or account.")
            .Fails(409, "The field belongs to the configuration, the token to another account, or calls are in flight at a move.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");

    public static RouteDoc Remove { get; } =
        RouteDoc
            .ForOperators("removeAccount", "Remove an added account")
            .Path("pool", "The pool's name.")
            .Path("name", "The account's name.")
            .Answers<AccountRemoved>(200, "It is gone; calls in flight finish.")
            .Fails(404, "No such pool or account.")
            .Fails(409, "A configured account: remove it from the configuration.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");

    public static RouteDoc Enable { get; } =
        RouteDoc
            .ForOperators("enableAccount", "Let an account serve", "Also one that the configuration disables.")
            .Path("pool", "The pool's name.")
            .Path("name", "The account's name.")
            .Answers<AccountAnswer>(200, "The account as it is in force now.")
            .Fails(404, "No such pool or account.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");

    public static RouteDoc Disable { get; } =
        RouteDoc
            .ForOperators("disableAccount", "Take an account out of use", "Calls in flight finish.")
            .Path("pool", "The pool's name.")
            .Path("name", "The account's name.")
            .Answers<AccountAnswer>(200, "The account as it is in force now.")
            .Fails(404, "No such pool or account.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");

    public static RouteDoc Drain { get; } =
        RouteDoc
            .ForOperators(
                "drainAccount",
                "Empty an account",
                "It gets no new calls, those in flight finish; `leases` tells how many are left."
            )
            .Path("pool", "The pool's name.")
            .Path("name", "The account's name.")
            .Answers<AccountAnswer>(200, "The account as it is in force now.")
            .Fails(404, "No such pool or account.")
            .Fails(503, "The change could not be stored, or not be put into the audit log. Read, then send it again.");
}
