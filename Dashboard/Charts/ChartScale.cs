namespace FlowGpt.Dashboard.Charts;

/// <summary>A vertical axis from 0 to a round value, with round steps.</summary>
/// <param name="Top">The axis's end; above 0.</param>
/// <param name="Ticks">The values with a line and a label, from 0 to <paramref name="Top"/>.</param>
public sealed record ChartScale(double Top, IReadOnlyList<double> Ticks)
{
    /// <summary>The scale that holds a value, with about four steps of 1, 2 or 5 times a power of ten.</summary>
    public static ChartScale For(double most, bool isWhole)
    {
        if (!(most > 0) || double.IsInfinity(most))
        {
            most = 1;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(most / 4)));
        var step = (most / 4 / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
        step = isWhole ? Math.Max(1, step) : step;
        var steps = (int)Math.Ceiling(most / step - 1e-9);
        return new(steps * step, [.. Enumerable.Range(0, steps + 1).Select(at => at * step)]);
    }
}

/// <summary>One series of a chart's values.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Values">One value for each time; null where nothing was measured.</param>
public sealed record TimeSeries(string Name, IReadOnlyList<double?> Values);

/// <summary>The form of a chart.</summary>
public enum ChartKind
{
    /// <summary>Stacked bars: parts of a sum.</summary>
    Stack,

    /// <summary>One line for each series.</summary>
    Lines,
}
