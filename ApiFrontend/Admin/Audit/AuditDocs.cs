using FlowGpt.Admin.Contracts.Audit;
using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Admin.Audit;

/// <summary>Describes the route of the audit log.</summary>
internal static class AuditDocs
{
    public static RouteDoc List { get; } =
        RouteDoc
            .ForOperators(
                "listAudit",
                "Show what operators did",
                "Every request below `/admin` that may change something: who, what, when, from where, and how it ended. What cannot be noted is refused with `audit_unavailable`."
            )
            .Query("limit", """{"type":"integer","minimum":1,"maximum":500,"default":50}""")
            .Query("before", """{"type":"string"}""", "`next` of the page before.")
            .Query("who", """{"type":"string"}""", "A part of who did it.")
            .Query("path", """{"type":"string"}""", "A part of the path.")
            .Query("request_id", """{"type":"string"}""")
            .Answers<AuditPage>(200, "A page, newest first.")
            .Fails(400, "A parameter is wrong.")
            .Fails(503, "The log could not be read.");
}
