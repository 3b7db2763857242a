using System.Globalization;
using System.Text;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>
/// Where in a request body a value is, such as <c>messages[0].content[1].type</c>. A value type that becomes text only
/// when an error needs it.
/// </summary>
internal readonly struct FieldPath
{
    private readonly string _root;
    private readonly string? _second;
    private readonly string? _third;
    private readonly string? _fourth;
    private readonly int _rootIndex;
    private readonly int _secondIndex;

    private FieldPath(string root, int rootIndex, string? second, int secondIndex, string? third, string? fourth)
    {
        _root = root;
        _rootIndex = rootIndex;
        _second = second;
        _secondIndex = secondIndex;
        _third = third;
        _fourth = fourth;
    }

    public static implicit operator FieldPath(string root) => new(root, -1, null, -1, null, null);

    /// <summary>A member of this object. At most three levels below the root.</summary>
    public FieldPath Dot(string name) =>
        _second is null ? new(_root, _rootIndex, name, -1, null, null)
        : _third is null ? new(_root, _rootIndex, _second, _secondIndex, name, null)
        : new(_root, _rootIndex, _second, _secondIndex, _third, name);

    /// <summary>An element of this array. The root and its members can be arrays.</summary>
    public FieldPath At(int index) =>
        _second is null ? new(_root, index, null, -1, null, null) : new(_root, _rootIndex, _second, index, null, null);

    public override string ToString()
    {
        var text = new StringBuilder(_root);
        AppendIndex(text, _rootIndex);
        if (_second is not null)
        {
            text.Append('.').Append(_second);
            AppendIndex(text, _secondIndex);
        }

        AppendName(text, _third);
        AppendName(text, _fourth);
        return text.ToString();
    }

    private static void AppendIndex(StringBuilder text, int index)
    {
        if (index >= 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{index}]");
        }
    }

    private static void AppendName(StringBuilder text, string? name)
    {
        if (name is not null)
        {
            text.Append('.').Append(name);
        }
    }
}
