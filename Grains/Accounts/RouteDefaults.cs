namespace FlowGpt.Grains.Accounts;

/// <summary>Names that models of the first edition use.</summary>
internal static class RouteDefaults
{
    /// <summary>The option of a target with the model name that its kind sends beside the prompt id.</summary>
    public const string UpstreamModel = "upstreamModel";
}
