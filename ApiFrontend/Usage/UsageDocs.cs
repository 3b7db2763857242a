using FlowGpt.ApiFrontend.Docs;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>Describes the routes about usage.</summary>
internal static class UsageDocs
{
    public static RouteDoc Organization { get; } =
        RouteDoc
            .ForOperators(
                "listCompletionsUsage",
                "Usage in OpenAI's shape",
                "Sums by hour or day (UTC) from roll-ups, at most some seconds old. Every accepted request counts once, whatever became of it."
            )
            .Query("start_time", """{"type":"integer"}""", "Unix seconds, inclusive.", isRequired: true)
            .Query(
                "end_time",
                """{"type":"integer"}""",
                "Exclusive. The end of the current bucket by default. Usage is kept by the hour: a start or an end inside an hour counts the whole hour."
            )
            .Query("bucket_width", """{"type":"string","enum":["1h","1d"],"default":"1d"}""")
            .Query("group_by", """{"type":"array","items":{"type":"string","enum":["model","api_key_id"]}}""")
            .Query("models", """{"type":"array","items":{"type":"string"},"maxItems":100}""")
            .Query("api_key_ids", """{"type":"array","items":{"type":"string"},"maxItems":100}""")
            .Query(
                "limit",
                """{"type":"integer","minimum":1,"maximum":168}""",
                "Most buckets: up to 31 of a day (7 by default) or 168 of an hour (24 by default)."
            )
            .Query("page", """{"type":"string"}""", "The cursor of the answer before, with the same query otherwise.")
            .Answers(200, "The buckets, oldest first.", "CompletionsUsage")
            .Fails(400, "A parameter is wrong; `param` names it.")
            .Fails(503, "The roll-ups cannot be reached now.");

    public static RouteDoc Admin { get; } =
        RouteDoc
            .ForOperators(
                "listUsage",
                "Usage with accounts, errors and durations",
                "As `/v1/organization/usage/completions`, with all that is kept. CSV has all buckets of up to 366 days at once."
            )
            .Query(
                "start_time",
                """{"type":"string"}""",
                "Inclusive: Unix seconds, or a date and time such as 2026-01-31T12:00Z. A week (with 1h: a day) ago by default."
            )
            .Query(
                "end_time",
                """{"type":"string"}""",
                "Exclusive. The end of the current bucket by default. Usage is kept by the hour: a start or an end inside an hour counts the whole hour."
            )
            .Query("bucket_width", """{"type":"string","enum":["1h","1d","total"],"default":"1d"}""")
            .Query("group_by", """{"type":"array","items":{"type":"string","enum":["model","api_key_id","account"]}}""")
            .Query("models", """{"type":"array","items":{"type":"string"},"maxItems":100}""")
            .Query("api_key_ids", """{"type":"array","items":{"type":"string"},"maxItems":100}""")
            .Query(
                "accounts",
                """{"type":"array","items":{"type":"string"},"maxItems":100}""",
                "An empty name stands for requests that no account served."
            )
            .Query("format", """{"type":"string","enum":["json","csv"],"default":"json"}""")
            .Query("histograms", """{"type":"boolean","default":false}""", "Whether the buckets of the durations are listed.")
            .Query(
                "limit",
                """{"type":"integer","minimum":1,"maximum":168}""",
                "Most buckets: up to 31 of a day (31 by default) or 168 of an hour (24 by default)."
            )
            .Query("page", """{"type":"string"}""", "The cursor of the answer before, with the same query otherwise.")
            .Answers(200, "The buckets, oldest first.", [("application/json", "AdminUsage"), ("text/csv", null)])
            .Fails(400, "A parameter is wrong; `param` names it.")
            .Fails(503, "The roll-ups cannot be reached now.");
}
