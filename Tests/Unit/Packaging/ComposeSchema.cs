using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>
/// The part of the Compose specification that the compose file uses, as lists of keys: a misspelt key is otherwise found only by the
/// engine, or never.
/// </summary>
internal static partial class ComposeSchema
{
    private static readonly string[] Service =
    [
        "build",
        "cap_add",
        "cap_drop",
        "command",
        "configs",
        "depends_on",
        "deploy",
        "entrypoint",
        "env_file",
        "environment",
        "extra_hosts",
        "healthcheck",
        "image",
        "init",
        "labels",
        "logging",
        "network_mode",
        "networks",
        "ports",
        "profiles",
        "read_only",
        "restart",
        "secrets",
        "security_opt",
        "stop_grace_period",
        "stop_signal",
        "tmpfs",
        "ulimits",
        "user",
        "volumes",
        "working_dir",
    ];

    private static readonly string[] HealthCheck = ["test", "interval", "timeout", "start_period", "start_interval", "retries", "disable"];
    private static readonly string[] Durations = ["interval", "timeout", "start_period", "start_interval"];

    /// <summary>Every key that the specification does not have, and every value of a wrong form.</summary>
    public static IReadOnlyList<string> ProblemsOf(YamlValue file)
    {
        var problems = new List<string>();
        var top = file.Keys.Where(static key => !key.StartsWith("x-", StringComparison.Ordinal));
        problems.AddRange(top.Except(["name", "services", "networks", "volumes"]).Select(key => $"{file}.{key} is not known"));
        foreach (var (_, service) in file["services"].Entries)
        {
            Keys(service, Service);
            Keys(service["build"], ["context", "dockerfile", "target", "args"]);
            Keys(service["healthcheck"], HealthCheck);
            Keys(service["deploy"], ["replicas", "resources", "update_config", "labels"]);
            Keys(service["deploy"]["resources"], ["limits", "reservations"]);
            Keys(service["deploy"]["resources"]["limits"], ["cpus", "memory", "pids"]);
            Keys(service["logging"], ["driver", "options"]);
            foreach (var (_, dependency) in service["depends_on"].Entries)
            {
                Keys(dependency, ["condition", "restart", "required"]);
                Form(dependency["condition"], DependencyCondition());
            }

            foreach (var name in Durations)
            {
                Form(service["healthcheck"][name], Duration());
            }

            Form(service["stop_grace_period"], Duration());
            Form(service["restart"], RestartPolicy());
            Form(service["deploy"]["resources"]["limits"]["memory"], Size());
        }

        return problems;

        void Keys(YamlValue value, string[] known) =>
            problems.AddRange(value.Keys.Except(known).Select(key => $"{value}.{key} is not known"));

        void Form(YamlValue value, Regex form)
        {
            if (value.Exists && !form.IsMatch(value.Text))
            {
                problems.Add($"{value} = {value.Text} is not {form}");
            }
        }
    }

    /// <summary>The variables that the file takes from <c>.env</c>.</summary>
    public static IEnumerable<string> VariablesOf(string text) =>
        Variable().Matches(text.Replace("$$", "", StringComparison.Ordinal)).Select(static match => match.Groups["name"].Value).Distinct();

    /// <summary>What a text is when no variable is set.</summary>
    public static string WithDefaults(string text) =>
        Variable().Replace(text, static match => match.Groups["kind"].Value == ":-" ? match.Groups["value"].Value : "");

    /// <summary>Seconds of a duration such as <c>75s</c>.</summary>
    public static TimeSpan ParseDuration(string text)
    {
        var match = Duration().Match(text);
        var number = int.Parse(match.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value == "m" ? TimeSpan.FromMinutes(number) : TimeSpan.FromSeconds(number);
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?<kind>:[-+?])(?<value>[^}]*))?\}")]
    private static partial Regex Variable();

    [GeneratedRegex("^(?<number>[1-9][0-9]*)(?<unit>[sm])$")]
    private static partial Regex Duration();

    [GeneratedRegex("^[1-9][0-9]*[kmg]$")]
    private static partial Regex Size();

    [GeneratedRegex("^(no|always|on-failure|unless-stopped)$")]
    private static partial Regex RestartPolicy();

    [GeneratedRegex("^service_(started|healthy|completed_successfully)$")]
    private static partial Regex DependencyCondition();
}
