using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>Collects the groups of a query.</summary>
internal sealed class UsageRows(UsageDayQuery query)
{
    private readonly Dictionary<(int Hour, UsageKey Key), UsageFigures> _sums = [];
    private readonly HashSet<string>? _clientKeys = SetOf(query.ClientKeyIds);
    private readonly HashSet<string>? _models = SetOf(query.Models);
    private readonly HashSet<string>? _accounts = SetOf(query.Accounts);

    public void Add(int hour, UsageKey key, UsageFigures figures)
    {
        if (
            _clientKeys?.Contains(key.ClientKeyId) == false
            || _models?.Contains(key.Model) == false
            || _accounts?.Contains(key.Account) == false
        )
        {
            return;
        }

        var group = new UsageKey(
            query.Grouping.HasFlag(UsageGrouping.ClientKey) ? key.ClientKeyId : "",
            query.Grouping.HasFlag(UsageGrouping.Model) ? key.Model : "",
            query.Grouping.HasFlag(UsageGrouping.Account) ? key.Account : ""
        );
        if (!_sums.TryGetValue((hour, group), out var sum))
        {
            _sums.Add((hour, group), sum = new UsageFigures());
        }

        sum.Add(figures);
    }

    public IEnumerable<UsageRow> InOrder() =>
        _sums
            .OrderBy(static one => one.Key.Hour)
            .ThenBy(static one => one.Key.Key.ClientKeyId, StringComparer.Ordinal)
            .ThenBy(static one => one.Key.Key.Model, StringComparer.Ordinal)
            .ThenBy(static one => one.Key.Key.Account, StringComparer.Ordinal)
            .Select(one => Row(one.Key.Hour, one.Key.Key, one.Value));

    private UsageRow Row(int hour, UsageKey key, UsageFigures figures) =>
        new(
            hour,
            query.Grouping.HasFlag(UsageGrouping.ClientKey) ? key.ClientKeyId : null,
            query.Grouping.HasFlag(UsageGrouping.Model) ? key.Model : null,
            query.Grouping.HasFlag(UsageGrouping.Account) ? key.Account : null,
            figures
        );

    private static HashSet<string>? SetOf(System.Collections.Immutable.ImmutableArray<string> names) =>
        names.IsDefaultOrEmpty ? null : [.. names];
}
