namespace FlowGpt.Dashboard.Requests;

/// <summary>The colours of outcomes of requests.</summary>
internal static class OutcomeTone
{
    /// <summary>The colour of an outcome.</summary>
    public static string Of(string outcome) =>
        outcome switch
        {
            "completed" => "good",
            "failed" => "bad",
            "refused" => "warn",
            _ => "off",
        };
}
