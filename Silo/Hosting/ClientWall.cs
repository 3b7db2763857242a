using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Silo.Hosting;

/// <summary>
/// Keeps leases, which hold upstream tokens, from processes that are only clients of the cluster: an API process that was taken over reads what pools show operators, and
/// gets no lease.
/// </summary>
internal sealed class ClientWall : IIncomingGrainCallFilter
{
    // What the client inside a silo process is called by Orleans; a silo renews its leases as that client.
    private const string ClientInsideASilo = "hosted-";

    private static readonly HashSet<string> OfTurns =
    [
        nameof(ITokenPoolGrain.Acquire),
        nameof(ITokenPoolGrain.Await),
        nameof(ITokenPoolGrain.Abandon),
        nameof(ITokenPoolGrain.Settle),
        nameof(ITokenPoolGrain.Renew),
        nameof(ITokenPoolGrain.TopUp),
    ];

    public Task Invoke(IIncomingGrainCallContext context) =>
        context.Request.GetInterfaceType() == typeof(ITokenPoolGrain)
        && context.SourceId is { } caller
        && IsOnlyAClient(caller)
        && OfTurns.Contains(context.MethodName)
            ? throw new UnauthorizedAccessException(
                $"A client of the cluster may not call {context.MethodName} of a pool: leases are for silos."
            )
            : context.Invoke();

    private static bool IsOnlyAClient(GrainId caller) =>
        caller.IsClient() && !caller.Key.ToString()!.StartsWith(ClientInsideASilo, StringComparison.Ordinal);
}
