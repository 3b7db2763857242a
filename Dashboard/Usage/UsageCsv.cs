using System.Globalization;
using System.Text;

namespace FlowGpt.Dashboard.Usage;

/// <summary>The table of usage as CSV (RFC 4180), for groups that the gateway's own CSV does not have.</summary>
public static class UsageCsv
{
    /// <summary>Writes one row a group, for the whole range.</summary>
    public static string Write(UsageView view, IReadOnlyList<UsageGroup> groups)
    {
        var text = new StringBuilder("start,end,owner,requests,errors,input_tokens,output_tokens\r\n");
        foreach (var group in groups)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{view.Start:O},{view.End:O},{Quote(group.Name)},{group.Requests},{group.Errors},{group.Input},{group.Output}\r\n"
            );
        }

        return text.ToString();
    }

    /// <summary>Spreadsheet programs read text that begins with one of these characters as a formula: with an apostrophe before, it is read as text.</summary>
    private static string Quote(string name) =>
        $"\"{(name.Length > 0 && "=+-@\t\r".Contains(name[0], StringComparison.Ordinal) ? "'" : "")}{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
