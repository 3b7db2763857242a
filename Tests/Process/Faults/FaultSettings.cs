using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>Settings of the tests of faults, from environment variables.</summary>
internal static class FaultSettings
{
    private static readonly IConfiguration Environment = new ConfigurationBuilder().AddEnvironmentVariables("FAULTS_").Build();

    /// <summary><c>FAULTS_LOGS</c>: a directory for the output of every process of a cluster, to find the cause of a failure.</summary>
    public static string? Logs => Environment["LOGS"];

    /// <summary><c>FAULTS_SEED</c>: the order of the soak's faults. Default 1, so that a failure can be repeated.</summary>
    public static int Seed { get; } = int.Parse(Environment["SEED"] ?? "1", CultureInfo.InvariantCulture);

    /// <summary><c>FAULTS_CONVERSATIONS</c>: conversations, turns of each and kills, such as <c>200x50x8</c>. Default <c>8x6x2</c>.</summary>
    public static int[] Conversations { get; } =
    [.. (Environment["CONVERSATIONS"] ?? "8x6x2").Split('x').Select(static number => int.Parse(number, CultureInfo.InvariantCulture))];

    /// <summary><c>FAULTS_REQUESTS</c>: how many requests the books are compared for. Default 8,000.</summary>
    public static int Requests { get; } = int.Parse(Environment["REQUESTS"] ?? "8000", CultureInfo.InvariantCulture);

    /// <summary><c>FAULTS_SECONDS</c>: how long the soak makes faults. Default 45.</summary>
    public static TimeSpan SoakFor { get; } = TimeSpan.FromSeconds(int.Parse(Environment["SECONDS"] ?? "45", CultureInfo.InvariantCulture));
}
