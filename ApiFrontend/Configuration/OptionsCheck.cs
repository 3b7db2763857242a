using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>
/// Finds in a configuration section what binding would stop at (only the first text that does not convert) or pass over in silence (a misspelt
/// key), so that every problem of a start is reported at once.
/// </summary>
public static class OptionsCheck
{
    /// <summary>
    /// Reads options that the composition itself needs, before there is a container. Null, and every problem in
    /// <paramref name="problems"/>, when they are wrong.
    /// </summary>
    public static T? Read<T>(IConfiguration configuration, string section, ICollection<string> problems)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(problems);
        var before = problems.Count;
        AddProblems(configuration, section, [typeof(T)], problems);
        if (problems.Count > before)
        {
            return null;
        }

        var services = new ServiceCollection().AddSingleton(configuration);
        services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations();
        using var provider = services.BuildServiceProvider();
        return Startup.Collect(problems, () => provider.GetRequiredService<IOptions<T>>().Value);
    }

    /// <summary>
    /// Adds a problem for every value of the section that does not convert to its option and for every key that is no option. Returns the keys
    /// of the former, at which binding would stop.
    /// </summary>
    public static IReadOnlyCollection<string> AddProblems(
        IConfiguration configuration,
        string section,
        Type options,
        ICollection<string> problems
    ) => AddProblems(configuration, section, [options], problems);

    /// <summary>As the other overload, for a section that several options are bound to.</summary>
    public static IReadOnlyCollection<string> AddProblems(
        IConfiguration configuration,
        string section,
        ReadOnlySpan<Type> options,
        ICollection<string> problems
    )
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(problems);
        var unconvertible = new List<string>();
        Check(configuration.GetSection(section), options, problems, unconvertible);
        return unconvertible;
    }

    private static void Check(
        IConfigurationSection section,
        ReadOnlySpan<Type> options,
        ICollection<string> problems,
        List<string> unconvertible
    )
    {
        PropertyInfo[] properties =
        [
            .. options
                .ToArray()
                .SelectMany(static type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                .Where(static one => one.CanWrite),
        ];
        foreach (var child in section.GetChildren())
        {
            var property = properties.FirstOrDefault(one => string.Equals(one.Name, child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                var known = string.Join(", ", properties.Select(static one => one.Name).Order(StringComparer.Ordinal));
                problems.Add($"{child.Path}: is not a setting. {section.Path} has: {known}.");
            }
            else
            {
                CheckValue(child, new NullabilityInfoContext().Create(property), problems, unconvertible);
            }
        }
    }

    private static void CheckValue(
        IConfigurationSection value,
        NullabilityInfo info,
        ICollection<string> problems,
        List<string> unconvertible
    )
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        var converter = TypeDescriptor.GetConverter(type);
        var parts = value.GetChildren().Select(static part => part.Key).ToArray();
        if (value.Value is null && parts.Length == 0 && info.WriteState == NullabilityState.NotNull)
        {
            Refuse("is null. Leave it out for its default");
        }
        else if (!converter.CanConvertFrom(typeof(string)))
        {
            CheckParts(value, info, problems, unconvertible);
        }
        else if (parts.Length > 0 && !ListSettings.Has(value.Path))
        {
            Refuse($"is one value and has no parts, but {value.Path}:{parts[0]} is set. Give it as {value.Path}");
        }
        else if (!string.IsNullOrEmpty(value.Value) && !Converts(converter, value.Value))
        {
            problems.Add($"{ProductConfiguration.Describe(value.Path)} = \"{value.Value}\": is not {Describe(type)}.");
            unconvertible.Add(value.Path);
        }

        void Refuse(string problem)
        {
            problems.Add($"{ProductConfiguration.Describe(value.Path)}: {problem}.");
            unconvertible.AddRange(value.AsEnumerable().Select(static one => one.Key));
        }
    }

    private static void CheckParts(
        IConfigurationSection value,
        NullabilityInfo info,
        ICollection<string> problems,
        List<string> unconvertible
    )
    {
        var isCollection = typeof(IEnumerable).IsAssignableFrom(info.Type);
        if (!string.IsNullOrEmpty(value.Value))
        {
            var example = !isCollection || typeof(IDictionary).IsAssignableFrom(info.Type) ? "NAME" : "0";
            problems.Add(
                $"{ProductConfiguration.Describe(value.Path)}: has parts and is not one text. Set them, as {value.Path}:{example}."
            );
            unconvertible.Add(value.Path);
        }
        else if (!isCollection && info.Type.IsClass)
        {
            Check(value, [info.Type], problems, unconvertible);
        }
        else if (info.ElementType is { } element)
        {
            CheckItems(element);
        }
        else if (info.GenericTypeArguments is [.., var argument])
        {
            CheckItems(argument);
        }

        void CheckItems(NullabilityInfo item)
        {
            foreach (var child in value.GetChildren())
            {
                CheckValue(child, item, problems, unconvertible);
            }
        }
    }

    private static bool Converts(TypeConverter converter, string text)
    {
        try
        {
            converter.ConvertFromInvariantString(text);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static string Describe(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : type == typeof(TimeSpan) ? "a length of time. Give hours:minutes:seconds, for example 00:00:30"
        : type == typeof(bool) ? "true or false"
        : type == typeof(Uri) ? "an address"
        : type == typeof(double) || type == typeof(decimal) ? "a number"
        : type.IsPrimitive ? "a whole number"
        : $"a {type.Name}";
}
