namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>What a key with limits uses now. Requests in flight count with all they reserved.</summary>
/// <param name="Running">Requests in flight.</param>
/// <param name="RequestsInMinute">Requests of the last 60 seconds; zero where they are not limited.</param>
/// <param name="TokensInMinute">Tokens of the last 60 seconds; zero where they are not limited.</param>
/// <param name="TokensToday">Tokens of this day, UTC, while the key had limits.</param>
/// <param name="TokensThisMonth">Tokens of this month likewise.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.KeyUse")]
public sealed record KeyUse(
    [property: Id(0)] int Running,
    [property: Id(1)] long RequestsInMinute,
    [property: Id(2)] long TokensInMinute,
    [property: Id(3)] long TokensToday,
    [property: Id(4)] long TokensThisMonth
)
{
    /// <summary>Requests that wait for tokens that those in flight hold.</summary>
    [Id(5)]
    public int Waiting { get; init; }
}
