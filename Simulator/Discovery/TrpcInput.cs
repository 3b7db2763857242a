namespace FlowGpt.Simulator.Discovery;

/// <summary>One input of a batched tRPC call: <c>{"json":{…}}</c>.</summary>
internal sealed record TrpcInput(TrpcInput.Query? Json)
{
    internal sealed record Query(int? Skip, string? Tag, string? Sort, string? Q, string? Language);
}
