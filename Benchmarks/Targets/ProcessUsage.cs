using System.Globalization;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>What one process, or several together, have used, read from <c>/proc</c>.</summary>
internal sealed class ProcessUsage(params int[] processIds)
{
    // USER_HZ is 100 in every Linux ABI that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>How many processes.</summary>
    public int Processes => processIds.Length;

    /// <summary>CPU seconds so far, user and system, of all threads. Exact to 10 ms.</summary>
    public double CpuSeconds() => processIds.Sum(CpuSecondsOf);

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes() => processIds.Sum(processId => KilobytesOf(processId, "VmRSS:")) * 1024;

    private static double CpuSecondsOf(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        // The command name, in parentheses, may hold spaces; fields are counted after it.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    private static long KilobytesOf(int processId, string field)
    {
        foreach (var line in File.ReadLines($"/proc/{processId}/status"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
            {
                return Number(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
            }
        }

        throw new InvalidDataException($"/proc/{processId}/status has no {field}");
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
