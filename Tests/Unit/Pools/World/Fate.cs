namespace FlowGpt.Tests.Unit.Pools.World;

/// <summary>What happens to a call after its lease is granted.</summary>
/// <param name="Ending">How the call ends.</param>
/// <param name="Send">Milliseconds from the grant until its request arrives upstream.</param>
/// <param name="Answer">Milliseconds from there until the answer begins.</param>
/// <param name="Length">Milliseconds from there until it ends.</param>
/// <param name="Share">Tokens really used, as a percentage of the estimate: more than 100 where an estimate fell short.</param>
public sealed record Fate(Ending Ending, int Send, int Answer, int Length, int Share);
