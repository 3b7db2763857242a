namespace FlowGpt.Simulator.Control;

/// <summary>The answer of <c>POST /_sim/tokens</c>.</summary>
internal sealed record MintedToken(string Account, string Id, string DeviceId, string Token, string ApiKey);
