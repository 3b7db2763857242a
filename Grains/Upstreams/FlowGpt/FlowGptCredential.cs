namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>The fields of a FlowGPT account.</summary>
internal static class FlowGptCredential
{
    /// <summary>The account's token, without the word "Bearer".</summary>
    public const string BearerToken = "bearerToken";

    /// <summary>The account's device id.</summary>
    public const string DeviceId = "deviceId";
}
