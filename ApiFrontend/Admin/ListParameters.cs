using System.Globalization;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Reads the query of a list route and keeps the first problem; after a problem the values mean nothing.</summary>
internal sealed class ListParameters(IQueryCollection query)
{
    /// <summary>What is wrong; null when all is well.</summary>
    public ApiError? Error { get; private set; }

    /// <summary>Whether any of the parameters is there.</summary>
    public bool HasAny(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (query.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A text; null when it is empty or not there.</summary>
    public string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A whole number within bounds.</summary>
    public int Number(string name, int usual, int least, int most)
    {
        if (!query.ContainsKey(name))
        {
            return usual;
        }

        if (
            int.TryParse(query[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
        {
            return number;
        }

        Error ??= RequestErrors.Invalid(name, $"use a whole number from {least} to {most}.");
        return usual;
    }

    /// <summary>One of the names of an enum in camel case; null when it is not there.</summary>
    public T? OneOf<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        foreach (var value in Enum.GetValues<T>())
        {
            if (JsonNamingPolicy.CamelCase.ConvertName(value.ToString()) == text)
            {
                return value;
            }
        }

        var names = string.Join(", ", Enum.GetNames<T>().Select(one => $"'{JsonNamingPolicy.CamelCase.ConvertName(one)}'"));
        Error ??= RequestErrors.InvalidValue(name, text, names);
        return null;
    }

    /// <summary>Whether <c>order</c> is <c>desc</c> rather than <c>asc</c>.</summary>
    public bool IsDescending()
    {
        var order = Text("order") ?? "asc";
        if (order is not ("asc" or "desc"))
        {
            Error ??= RequestErrors.InvalidValue("order", order, "'asc' and 'desc'");
        }

        return order == "desc";
    }
}
