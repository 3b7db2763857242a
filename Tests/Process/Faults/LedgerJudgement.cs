using System.Globalization;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Usage;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>What is wrong with the books of a load, request by request and account by account.</summary>
/// <param name="Problem">The first difference that is not allowed; null when there is none.</param>
/// <param name="Report">The figures.</param>
internal sealed record LedgerJudgement(string? Problem, string Report)
{
    public static LedgerJudgement None { get; } = new("the books were not read", "");

    /// <summary>Compares the books with the upstream's counts.</summary>
    /// <param name="booked">What was booked for the load.</param>
    /// <param name="ids">The ids of all events that were ever seen as booked for the load.</param>
    /// <param name="calls">The upstream's calls in the time of these books, by account.</param>
    /// <param name="requests">The requests of the load, after its end.</param>
    /// <param name="bookkeeping">How exact the books must be.</param>
    /// <param name="recordsSince">When Redis was back without its records.</param>
    public static LedgerJudgement Of(
        LedgerBooks booked,
        IReadOnlySet<Digest> ids,
        IReadOnlyDictionary<string, long> calls,
        IReadOnlyList<LoadRequest> requests,
        Bookkeeping bookkeeping,
        long recordsSince
    )
    {
        var isForgetful = bookkeeping == Bookkeeping.OfWhatCameAfter;
        var served = requests.Where(request => request.IsServed && (!isForgetful || request.StartedAfter(recordsSince))).ToArray();
        return new LedgerJudgement(
            NotThere(served, ids)
                ?? Twice(booked, ids)
                ?? Sums(booked)
                ?? TooMany(booked, calls)
                ?? (isForgetful ? null : TooFew(booked, calls))
                ?? Tokens(booked, served, requests)
                ?? (bookkeeping == Bookkeeping.Exact ? Estimates(booked, requests) : null),
            Figures(booked, ids, calls, requests)
        );
    }

    private static string? NotThere(LoadRequest[] served, IReadOnlySet<Digest> ids)
    {
        var missing = served.Where(request => !ids.Contains(UsageEventId.Of(request.ResponseId!))).ToArray();
        return missing.Length == 0
            ? null
            : $"{missing.Length} of {served.Length} replies that came whole are not booked: {string.Join("; ", missing.Take(5))}";
    }

    private static string? Twice(LedgerBooks booked, IReadOnlySet<Digest> ids) =>
        booked.Totals.Requests == ids.Count ? null : $"{booked.Totals.Requests} requests are booked, of {ids.Count} different ids";

    private static string? Sums(LedgerBooks booked)
    {
        var (totals, sums) = (booked.Totals, booked.Sums());
        var are = (sums.Requests, sums.TotalErrors, sums.Estimated, sums.PromptTokens, sums.CompletionTokens);
        return are == (totals.Requests, totals.Errors, totals.Estimated, totals.PromptTokens, totals.CompletionTokens)
            ? null
            : $"the accounts add up to {are}, but the totals are {totals}";
    }

    /// <summary>No account has more calls booked than it had, except for its estimates.</summary>
    private static string? TooMany(LedgerBooks booked, IReadOnlyDictionary<string, long> calls) =>
        calls
            .Select(call => (call.Key, Had: call.Value, Booked: booked.Accounts.GetValueOrDefault(call.Key)))
            .Where(static one => one.Booked is { } figures && figures.Calls - figures.Estimated > one.Had)
            .Select(static one =>
                $"{one.Key}: {one.Booked!.Calls} calls are booked, {one.Booked.Estimated} of them estimated, but it had {one.Had}"
            )
            .FirstOrDefault();

    /// <summary>
    /// What is missing over all accounts is not more than the lost turns, whose accounts are not known, can have called: one call each, since a turn that has
    /// failed on an account books that call together with its next one.
    /// </summary>
    private static string? TooFew(LedgerBooks booked, IReadOnlyDictionary<string, long> calls)
    {
        var missing = calls.Sum(call => Math.Max(0, call.Value - (booked.Accounts.GetValueOrDefault(call.Key)?.Calls ?? 0)));
        var unknown = booked.Accounts.GetValueOrDefault("")?.Estimated ?? 0;
        return missing <= unknown ? null : $"{missing} calls are not booked, but only {unknown} records are estimates without an account";
    }

    /// <summary>The tokens that clients' answers had are booked, and beyond these no more than the other records can have used.</summary>
    private static string? Tokens(LedgerBooks booked, LoadRequest[] served, IReadOnlyList<LoadRequest> requests)
    {
        var others = booked.Totals.Requests - served.Length;
        return Tokens(
                "prompt",
                booked.Totals.PromptTokens,
                served.Select(static one => one.PromptTokens),
                others,
                requests.Max(static one => one.PromptTokens)
            )
            ?? Tokens(
                "completion",
                booked.Totals.CompletionTokens,
                served.Select(static one => one.CompletionTokens),
                others,
                requests.Max(static one => one.CompletionTokens)
            );
    }

    private static string? Tokens(string what, long booked, IEnumerable<int> told, long others, int most)
    {
        var sum = told.Sum(static one => (long)one);
        return booked >= sum && booked <= sum + (others * most)
            ? null
            : $"{booked} {what} tokens are booked, but clients were told of {sum}, and {others} other records have at most {most} each";
    }

    private static string? Estimates(LedgerBooks booked, IReadOnlyList<LoadRequest> requests)
    {
        var sums = booked.Sums();
        var served = requests.Count(static one => one.IsServed);
        return sums.Estimated != 0 ? $"{sums.Estimated} records are estimates"
            : sums.Requests < served || sums.Requests > requests.Count
                ? $"{sums.Requests} requests are booked, but {requests.Count} were sent and {served} served"
            : sums.Latency.Total < served ? $"{sums.Latency.Total} requests are booked as complete, but {served} were served"
            : null;
    }

    private static string Figures(
        LedgerBooks booked,
        IReadOnlySet<Digest> ids,
        IReadOnlyDictionary<string, long> calls,
        IReadOnlyList<LoadRequest> requests
    )
    {
        var sums = booked.Sums();
        return string.Create(
                CultureInfo.InvariantCulture,
                $"Books: {requests.Count} requests sent, {requests.Count(static one => one.IsServed)} served; {sums.Requests} booked under {ids.Count} ids, {sums.Latency.Total} as complete, {sums.TotalErrors} as failed, {sums.Cancelled} as cancelled; {sums.Estimated} are estimates.\n"
            )
            + string.Join(
                '\n',
                booked
                    .Accounts.OrderBy(static one => one.Key, StringComparer.Ordinal)
                    .Select(one =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{(one.Key.Length == 0 ? "no account" : one.Key)}: {calls.GetValueOrDefault(one.Key)} calls, {one.Value.Calls} booked, {one.Value.Requests} requests, {one.Value.Estimated} estimates"
                        )
                    )
            );
    }
}
