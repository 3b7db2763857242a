using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend;

/// <summary>Finds every problem of the options at once. Names keys and reasons, never a key's value.</summary>
internal sealed class FrontendOptionsValidator : IValidateOptions<FrontendOptions>
{
    public ValidateOptionsResult Validate(string? name, FrontendOptions options)
    {
        var problems = new List<string>();
        CheckKey(problems, nameof(options.MasterKey), options.MasterKey);
        CheckKey(problems, nameof(options.AdminKey), options.AdminKey);
        if (options.MasterKey.Length > 0 && string.Equals(options.MasterKey, options.AdminKey, StringComparison.Ordinal))
        {
            Add(problems, nameof(options.AdminKey), "is the same as MasterKey; give operators a key of their own");
        }

        CheckRange(problems, nameof(options.MaxRequestBodyBytes), options.MaxRequestBodyBytes, 1024, 25 * 1024 * 1024, "bytes");
        CheckRange(problems, nameof(options.RequestTimeout), options.RequestTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (options.TotalTimeout != TimeSpan.Zero)
        {
            CheckRange(problems, nameof(options.TotalTimeout), options.TotalTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        }

        if (options.EarlyStreamAfter != TimeSpan.Zero)
        {
            CheckRange(
                problems,
                nameof(options.EarlyStreamAfter),
                options.EarlyStreamAfter,
                TimeSpan.FromSeconds(1),
                TimeSpan.FromMinutes(10)
            );
        }

        CheckRange(problems, nameof(options.WriteWithin), options.WriteWithin, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        CheckRange(problems, nameof(options.MaxInFlightPerKey), options.MaxInFlightPerKey, 1, 1_000_000);
        CheckRange(problems, nameof(options.MaxInFlightPerAddress), options.MaxInFlightPerAddress, 1, 1_000_000);
        CheckRange(problems, nameof(options.MaxCountsPerKey), options.MaxCountsPerKey, 1, 1_000);
        CheckRange(problems, nameof(options.StreamLinger), options.StreamLinger, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
        CheckRange(
            problems,
            nameof(options.HeartbeatInterval),
            options.HeartbeatInterval,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromMinutes(5)
        );
        CheckRange(problems, nameof(options.ModelCacheFor), options.ModelCacheFor, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        CheckRange(problems, nameof(options.StartWithin), options.StartWithin, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        CheckRange(problems, nameof(options.LostAfter), options.LostAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        CheckRange(problems, nameof(options.DrainTimeout), options.DrainTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        CheckRange(problems, nameof(options.ShutdownTimeout), options.ShutdownTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        if (options.ShutdownTimeout <= options.DrainTimeout)
        {
            Add(
                problems,
                nameof(options.ShutdownTimeout),
                $"is {options.ShutdownTimeout}, not more than DrainTimeout ({options.DrainTimeout})"
            );
        }

        CheckRange(problems, nameof(options.LeaveFor), options.LeaveFor, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        if (options.LeaveFor > TimeSpan.Zero && options.LeaveFor >= options.DrainTimeout)
        {
            Add(problems, nameof(options.LeaveFor), $"is {options.LeaveFor}, not less than DrainTimeout ({options.DrainTimeout})");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _))
        {
            Add(
                problems,
                nameof(options.TimeZone),
                $"is '{options.TimeZone}', which is no time zone here; give an IANA name such as Europe/Berlin, or UTC"
            );
        }

        CheckOrigins(problems, options);
        CheckProxies(problems, options);

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckProxies(List<string> problems, FrontendOptions options)
    {
        const StringSplitOptions tidy = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        foreach (var proxy in options.TrustedProxies.Split(';', tidy).Where(static one => !Security.TrustedProxies.TryParse(one, out _)))
        {
            Add(
                problems,
                nameof(options.TrustedProxies),
                $"has '{proxy}', which is no address and no network; give for example 10.0.0.0/8"
            );
        }
    }

    private static void CheckKey(List<string> problems, string field, string key)
    {
        if (key.Length < FrontendOptions.MinKeyLength)
        {
            var has = key.Length == 0 ? "is not set" : $"has {key.Length} characters";
            Add(problems, field, $"{has}; it needs at least {FrontendOptions.MinKeyLength} characters");
        }

        if (key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            Add(problems, field, "holds white space or characters outside printable ASCII, which an HTTP header cannot carry");
        }
    }

    private static void CheckRange<T>(List<string> problems, string field, T value, T least, T most, string unit = "")
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            Add(problems, field, $"is {value}; allowed is {least} to {most} {unit}".TrimEnd());
        }
    }

    private static void CheckOrigins(List<string> problems, FrontendOptions options)
    {
        foreach (var origin in options.Origins())
        {
            if (origin != "*" && (!IsHttpUri(origin) || origin.EndsWith('/')))
            {
                Add(problems, nameof(options.CorsOrigins), $"has '{origin}'; an origin is * or like https://chat.example.com");
            }
        }
    }

    private static bool IsHttpUri(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    private static void Add(List<string> problems, string field, string problem) =>
        problems.Add($"{FrontendOptions.Section}:{field} {problem}.");
}
