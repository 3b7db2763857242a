using System.Collections.Immutable;

namespace FlowGpt.Grains.Reservations;

/// <summary>A window's uses in a compact form.</summary>
[GenerateSerializer, Alias("flowgpt.PoolWindowRecord")]
public sealed record WindowRecord
{
    /// <summary>About how many entries are kept of a window: merged entries count from the last of them, so nothing is forgotten early.</summary>
    private const int MostEntries = 48;

    /// <summary>The limit's name.</summary>
    [Id(0)]
    public string Name { get; init; } = "";

    /// <summary>Pairs of Unix milliseconds, each after the first relative to the one before, and amounts.</summary>
    [Id(1)]
    public ImmutableArray<long> Uses { get; init; } = [];

    internal static WindowRecord Of(RateWindow window, DateTimeOffset now)
    {
        var entries = window.Export(now, MostEntries);
        var uses = ImmutableArray.CreateBuilder<long>(entries.Count * 2);
        var before = 0L;
        foreach (var entry in entries)
        {
            // Rounded up: an entry must not leave the window early.
            var at = entry.At.ToUnixTimeMilliseconds() + 1;
            uses.Add(at - before);
            uses.Add(entry.Amount);
            before = at;
        }

        return new() { Name = window.Kind.FieldName(), Uses = uses.MoveToImmutable() };
    }

    /// <summary>The same, later by <paramref name="delta"/>.</summary>
    internal WindowRecord Shifted(TimeSpan delta) =>
        Uses.Length == 0 ? this : this with { Uses = Uses.SetItem(0, Uses[0] + (long)delta.TotalMilliseconds) };

    internal IEnumerable<WindowUse> Read()
    {
        var at = 0L;
        for (var i = 0; i + 1 < Uses.Length; i += 2)
        {
            at += Uses[i];
            yield return new(DateTimeOffset.FromUnixTimeMilliseconds(at), Uses[i + 1]);
        }
    }
}
