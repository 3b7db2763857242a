using System.Collections.Immutable;
using System.Globalization;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>A page of the list of models.</summary>
/// <param name="First">Index of the page's first model.</param>
/// <param name="Count">How many models it has.</param>
/// <param name="HasMore">Whether there are more in the direction in which the client goes through the list.</param>
internal readonly record struct ModelPage(int First, int Count, bool HasMore)
{
    /// <summary>The largest page, and the page of a client that names no limit.</summary>
    private const int Most = 1000;

    /// <summary>Reads <c>limit</c>, <c>after_id</c> and <c>before_id</c>. Null when all is well, else the problem.</summary>
    /// <param name="query">The query of the request.</param>
    /// <param name="ids">The ids of all models, in order.</param>
    /// <param name="page">The page.</param>
    public static ApiError? Read(IQueryCollection query, ImmutableArray<string> ids, out ModelPage page)
    {
        page = default;
        var limit = Most;
        if (
            query["limit"].ToString() is { Length: > 0 } text
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is > 0 and <= Most)
        )
        {
            return RequestErrors.Invalid("limit", $"use a whole number from 1 to {Most}.");
        }

        var (first, end) = (0, ids.Length);
        if (query["after_id"].ToString() is { Length: > 0 } after)
        {
            first = ids.IndexOf(after) + 1;
            if (first == 0)
            {
                return Unknown("after_id");
            }
        }

        var isBackwards = query["before_id"].ToString() is { Length: > 0 };
        if (isBackwards)
        {
            end = ids.IndexOf(query["before_id"].ToString());
            if (end < 0)
            {
                return Unknown("before_id");
            }
        }

        var count = Math.Min(limit, Math.Max(0, end - first));
        page = new(isBackwards ? end - count : first, count, end - first > count);
        return null;
    }

    private static ApiError Unknown(string param) => RequestErrors.Invalid(param, "there is no model of this id in the list.");
}
