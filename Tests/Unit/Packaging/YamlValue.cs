using System.Globalization;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>A value in a YAML document, with its place for messages. An absent entry is a value too, so that paths can be followed.</summary>
internal sealed class YamlValue
{
    private readonly object? _value;

    public YamlValue(string place, object? value)
    {
        Place = place;
        _value = value;
    }

    /// <summary>File, document and path.</summary>
    public string Place { get; }

    /// <summary>Whether the entry exists.</summary>
    public bool Exists => _value is not null;

    /// <summary>Whether this is a mapping.</summary>
    public bool IsMap => _value is IDictionary<string, object?>;

    /// <summary>The keys of a mapping; none of anything else.</summary>
    public IEnumerable<string> Keys => Map?.Keys ?? [];

    /// <summary>The entries of a mapping; none of anything else.</summary>
    public IEnumerable<(string Key, YamlValue Value)> Entries => Keys.Select(key => (key, this[key]));

    /// <summary>The items of a list; none of anything else.</summary>
    public IEnumerable<YamlValue> Items =>
        (_value as IList<object?>)?.Select((item, index) => new YamlValue($"{Place}[{index}]", item)) ?? [];

    /// <summary>The items of a list as texts.</summary>
    public IReadOnlyList<string> Texts => [.. Items.Select(static item => item.Text)];

    /// <summary>A scalar as text; fails the test when this is none.</summary>
    public string Text
    {
        get
        {
            Assert.True(_value is not null and not IDictionary<string, object?> and not IList<object?>, $"{Place} is not a text.");
            return Convert.ToString(_value, CultureInfo.InvariantCulture)!;
        }
    }

    /// <summary>Whether this is the boolean <c>true</c>, as opposed to the text "true".</summary>
    public bool IsTrue => _value is true;

    /// <summary>Whether this is the boolean <c>false</c>.</summary>
    public bool IsFalse => _value is false;

    private IDictionary<string, object?>? Map => _value as IDictionary<string, object?>;

    /// <summary>The entry of a mapping; absent when there is none, or when this is no mapping.</summary>
    public YamlValue this[string key] => new($"{Place}.{key}", Map is { } map && map.TryGetValue(key, out var value) ? value : null);

    /// <summary>Follows keys.</summary>
    public YamlValue At(params ReadOnlySpan<string> path)
    {
        var value = this;
        foreach (var key in path)
        {
            value = value[key];
        }

        return value;
    }

    /// <summary>The value as JSON with sorted keys, for comparing.</summary>
    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(Sorted(_value));

    public override string ToString() => Place;

    private static object? Sorted(object? value) =>
        value switch
        {
            IDictionary<string, object?> map => map.OrderBy(static one => one.Key, StringComparer.Ordinal)
                .ToDictionary(static one => one.Key, static one => Sorted(one.Value)),
            IList<object?> list => list.Select(Sorted).ToList(),
            _ => value,
        };
}
