namespace FlowGpt.ApiFrontend.Admin;

/// <summary>The answer to a new key of response ids. Never the key.</summary>
/// <param name="Version">The new key's number.</param>
/// <param name="Keys">How many keys are good now, the new one included.</param>
internal sealed record ResponseKeysRotated(int Version, int Keys);
