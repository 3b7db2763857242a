using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools.Queueing;

/// <summary>
/// Which requests cannot be served in this round, by what they wait for: a request for the same upstream model that may use the same accounts as a request that could
/// not be served, and needs no fewer tokens, cannot be served either.
/// </summary>
internal sealed class BlockedRequests
{
    private readonly List<(string Model, ImmutableArray<string> Excluded, long Least, long Wanted, bool MayProbe)> _classes = [];

    public void Clear() => _classes.Clear();

    /// <param name="request">The request that cannot be served.</param>
    /// <param name="mayProbe">Whether an open breaker did not keep the request back.</param>
    public void Add(AcquireRequest request, bool mayProbe)
    {
        var (least, wanted) = ReplyBlock.Need(request.PromptTokens, request.MaxReplyTokens);
        _classes.Add((request.UpstreamModel, request.ExcludedAccounts, least, wanted, mayProbe));
    }

    public bool Covers(AcquireRequest request, bool mayProbe)
    {
        var need = ReplyBlock.Need(request.PromptTokens, request.MaxReplyTokens);
        foreach (var (model, excluded, least, wanted, also) in _classes)
        {
            if (
                request.UpstreamModel == model
                && (also || !mayProbe)
                && need.Least >= least
                && need.Wanted >= wanted
                && IsWithin(excluded, request.ExcludedAccounts)
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a request with the second exclusions may use only accounts that a request with the first exclusions may use.</summary>
    private static bool IsWithin(ImmutableArray<string> few, ImmutableArray<string> many)
    {
        if (few.IsDefaultOrEmpty)
        {
            return true;
        }

        foreach (var account in few)
        {
            if (many.IsDefaultOrEmpty || !many.Contains(account))
            {
                return false;
            }
        }

        return true;
    }
}
