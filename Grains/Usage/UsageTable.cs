using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Usage;

/// <summary>Sums by model and account. Not thread-safe.</summary>
internal sealed class UsageTable
{
    /// <summary>Most pairs of model and account that are counted separately: some 200 KB in the ledger's record, which is written many times an hour.</summary>
    public const int MostCells = 1_024;

    /// <summary>The name for the accounts of a model that are no longer counted separately.</summary>
    public const string Others = "(others)";

    private readonly Dictionary<UsageSource, UsageFigures> _cells = [];

    public IReadOnlyDictionary<UsageSource, UsageFigures> Cells => _cells;

    /// <summary>The sums of one model and account; made when they are not there yet, up to <see cref="MostCells"/>.</summary>
    public UsageFigures Cell(string model, string account)
    {
        var source = new UsageSource(model, account);
        if (!_cells.TryGetValue(source, out var cell))
        {
            if (_cells.Count >= MostCells && account != Others)
            {
                return Cell(model, Others);
            }

            _cells.Add(source, cell = new UsageFigures());
        }

        return cell;
    }

    /// <summary>Adds one event: the request to the account that served it, each upstream call to the account it was made with.</summary>
    public void Add(UsageEvent usage)
    {
        var cell = Cell(usage.Model, usage.Account ?? "");
        cell.Requests++;
        cell.Cancelled += usage.Cancelled ? 1 : 0;
        cell.Estimated += usage.Estimated ? 1 : 0;
        cell.PromptTokens += usage.Usage.PromptTokens;
        cell.CompletionTokens += usage.Usage.CompletionTokens;
        cell.CachedTokens += usage.Usage.CachedTokens;
        if (usage.ErrorKind is { } kind)
        {
            cell.CountError((int)kind, 1);
        }
        else if (!usage.Cancelled)
        {
            cell.Latency.Count(usage.Duration);
        }

        if (usage.TimeToFirstToken is { } first)
        {
            cell.TimeToFirstToken.Count(first);
        }

        var calls = usage.Calls ?? [];
        for (var i = 0; i < calls.Length; i++)
        {
            var called = calls[i] == (usage.Account ?? "") ? cell : Cell(usage.Model, calls[i]);
            called.Calls++;
            called.FailedCalls += i < calls.Length - 1 || usage.ErrorKind is not null ? 1 : 0;
        }
    }

    /// <summary>Everything in one sum.</summary>
    public UsageTotals Totals()
    {
        var sum = new UsageFigures();
        foreach (var cell in _cells.Values)
        {
            sum.Add(cell);
        }

        return new UsageTotals(sum.Requests, sum.TotalErrors, sum.Estimated, sum.PromptTokens, sum.CompletionTokens, sum.CachedTokens);
    }
}
