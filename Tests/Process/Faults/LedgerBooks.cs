using System.Text.Json;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Usage;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>Books that had come to rest.</summary>
/// <param name="Books">As they were.</param>
/// <param name="Calls">How many calls the upstream had had.</param>
internal sealed record RestedBooks(LedgerBooks Books, long Calls);

/// <summary>What the load's key has durably booked: the ledgers' own records, in which sums and the ids they contain were written together.</summary>
/// <param name="Totals">Over everything.</param>
/// <param name="Accounts">By account; the empty name is that of requests without one.</param>
/// <param name="Ids">Of the events that the ledgers still remember.</param>
internal sealed record LedgerBooks(UsageTotals Totals, IReadOnlyDictionary<string, UsageFigures> Accounts, IReadOnlySet<Digest> Ids)
{
    /// <summary>Reads every ledger of the key.</summary>
    public static async Task<LedgerBooks> ReadAsync(IConnectionMultiplexer redis)
    {
        var totals = default(UsageTotals);
        var accounts = new Dictionary<string, UsageFigures>();
        var ids = new HashSet<Digest>();
        await foreach (var key in redis.GetServers().Single().KeysAsync(pattern: "flowgpt/state/usage-ledger/master/*"))
        {
            var data = (string?)await redis.GetDatabase().HashGetAsync(key, "data");
            var state = JsonSerializer.Deserialize<UsageLedgerState>(data!)!;
            totals = Sum(totals, state.Totals, 1);
            ids.UnionWith(IdsOf(state.Ids));
            ids.UnionWith(IdsOf(state.RecentIds));
            foreach (var (source, figures) in UsageTableFormat.Read(state.Table).Cells)
            {
                Of(accounts, source.Account).Add(figures);
            }
        }

        return new LedgerBooks(totals, accounts, ids);
    }

    /// <summary>The difference from earlier books; the ids are all that the ledgers keep.</summary>
    public LedgerBooks Since(LedgerBooks before)
    {
        var accounts = new Dictionary<string, UsageFigures>();
        foreach (var (name, figures) in Accounts)
        {
            Of(accounts, name).Add(figures);
        }

        foreach (var (name, figures) in before.Accounts)
        {
            Of(accounts, name).Add(figures, -1);
        }

        return this with
        {
            Totals = Sum(Totals, before.Totals, -1),
            Accounts = accounts,
        };
    }

    /// <summary>The sums over the accounts, which must be the totals.</summary>
    public UsageFigures Sums()
    {
        var sums = new UsageFigures();
        foreach (var figures in Accounts.Values)
        {
            sums.Add(figures);
        }

        return sums;
    }

    private static UsageFigures Of(Dictionary<string, UsageFigures> accounts, string name) =>
        accounts.TryGetValue(name, out var figures) ? figures : accounts[name] = new UsageFigures();

    private static IEnumerable<Digest> IdsOf(byte[] stored) => stored.Chunk(UsageEventId.Size).Select(static id => Digest.Read(id));

    private static UsageTotals Sum(UsageTotals one, UsageTotals other, int sign) =>
        new(
            one.Requests + (sign * other.Requests),
            one.Errors + (sign * other.Errors),
            one.Estimated + (sign * other.Estimated),
            one.PromptTokens + (sign * other.PromptTokens),
            one.CompletionTokens + (sign * other.CompletionTokens),
            one.CachedTokens + (sign * other.CachedTokens)
        );
}
