using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools.Decisions;

namespace FlowGpt.Grains.Pools;

/// <summary>
/// What a provider's answers say of one account's limits, by upstream model. Each limit is what was left at the latest answer, less what was granted since,
/// until the provider's own reset. It only forbids: what the account's windows do not allow stays forbidden.
/// </summary>
internal sealed class ToldLimits
{
    /// <summary>Most models that are remembered; nothing is remembered of further models.</summary>
    public const int MaxModels = 64;

    /// <summary>A reset that is further away is not waited for: the provider is asked again.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private const long FewRequests = 64;
    private const long FewTokens = 32 * 1024;

    private readonly Dictionary<string, Model> _models = new(StringComparer.Ordinal);

    /// <summary>Whether so little is left that calls in flight could use it up: the pool should be told before the reply ends.</summary>
    public static bool IsUrgent(RateLimitReport report) => IsScarce(report.Requests, FewRequests) || IsScarce(report.Tokens, FewTokens);

    /// <summary>Takes a report. An answer older than the latest, and a figure without a reset, are ignored.</summary>
    /// <param name="model">The provider's name of the model that was called.</param>
    /// <param name="report">What the answer says.</param>
    /// <param name="at">When the provider began to answer.</param>
    /// <param name="requests">Requests under way that the provider may not have counted yet.</param>
    /// <param name="tokens">Tokens reserved for them.</param>
    /// <param name="now">The present.</param>
    public void Tell(string model, RateLimitReport report, DateTimeOffset at, long requests, long tokens, DateTimeOffset now)
    {
        if (_models.Count == MaxModels && !_models.ContainsKey(model))
        {
            return;
        }

        var known = _models.GetValueOrDefault(model);
        _models[model] = new(
            Latest(known.Requests, report.Requests, at, requests, now),
            Latest(known.Tokens, report.Tokens, at, tokens, now)
        );
    }

    /// <summary>Counts a request that was granted.</summary>
    public void Count(string model, long tokens)
    {
        if (_models.Count > 0 && _models.TryGetValue(model, out var known))
        {
            _models[model] = new(known.Requests.Less(1), known.Tokens.Less(tokens));
        }
    }

    /// <summary>The verdict of the account's own windows, or a later time.</summary>
    /// <param name="verdict">What the account's own windows say.</param>
    /// <param name="model">The provider's name of the model.</param>
    /// <param name="least">Tokens that the request cannot do without.</param>
    /// <param name="now">The present.</param>
    public Verdict Tighten(Verdict verdict, string model, long least, DateTimeOffset now)
    {
        if (_models.Count == 0 || verdict.Reason.IsFinal() || !_models.TryGetValue(model, out var known))
        {
            return verdict;
        }

        verdict = known.Requests.Forbids(1, now) ? verdict.Later(SkipReason.ProviderLimit, known.Requests.Until) : verdict;
        return known.Tokens.Forbids(least, now) ? verdict.Later(SkipReason.ProviderLimit, known.Tokens.Until) : verdict;
    }

    /// <summary>Forgets everything: the credential has changed, or an operator ordered it.</summary>
    public void Clear() => _models.Clear();

    private static Left Latest(Left known, RateLimitWindow? told, DateTimeOffset at, long uncounted, DateTimeOffset now)
    {
        if (told is not { Remaining: { } remaining, ResetAfter: { } reset } || at < known.At)
        {
            return known;
        }

        var wait = reset < LongestWait ? reset : LongestWait;
        return new(at, Math.Max(0, remaining) - uncounted, at + wait < now + LongestWait ? at + wait : now + LongestWait);
    }

    private static bool IsScarce(RateLimitWindow? told, long few) =>
        told is { Remaining: { } remaining } && (remaining <= few || remaining <= told.Limit / 4);

    private readonly record struct Model(Left Requests, Left Tokens);

    /// <summary>What is left of one limit; the default value means unknown and forbids nothing.</summary>
    private readonly record struct Left(DateTimeOffset At, long Amount, DateTimeOffset Until)
    {
        public Left Less(long amount) => this with { Amount = Amount - amount };

        public bool Forbids(long amount, DateTimeOffset now) => Until > now && Amount < amount;
    }
}
