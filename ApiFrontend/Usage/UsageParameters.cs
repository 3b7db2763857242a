using System.Collections.Immutable;
using System.Globalization;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>
/// Reads a usage query from the query string. What <c>GET /v1/organization/usage/completions</c> and <c>GET /admin/usage</c> have in common has the
/// same names and bounds. Lists may be given as <c>models=a&amp;models=b</c> or with brackets, as SDKs do.
/// </summary>
internal sealed class UsageParameters
{
    private const int MostNames = 100;
    private const string Brackets = "[]";

    private readonly IQueryCollection _query;
    private readonly DateTimeOffset _now;
    private readonly bool _isAdmin;
    private readonly UsageCalendar _calendar;
    private UsageBucketWidth? _width = UsageBucketWidth.Day;
    private DateTimeOffset _start;
    private DateTimeOffset _end;
    private UsageGrouping _grouping;
    private int _limit;

    private UsageParameters(IQueryCollection query, DateTimeOffset now, bool isAdmin, UsageCalendar calendar)
    {
        _query = query;
        _now = now;
        _isAdmin = isAdmin;
        _calendar = calendar;
    }

    /// <summary>Reads it; the error names the parameter.</summary>
    /// <param name="query">The query string.</param>
    /// <param name="now">The present, where a range without an end ends.</param>
    /// <param name="isAdmin">Whether accounts and the admin route's own parameters may be asked for.</param>
    /// <param name="calendar">Has the borders of days.</param>
    /// <param name="question">What was asked; null with an error.</param>
    public static ApiError? Read(
        IQueryCollection query,
        DateTimeOffset now,
        bool isAdmin,
        UsageCalendar calendar,
        out UsageQuestion? question
    )
    {
        question = null;
        var parameters = new UsageParameters(query, now, isAdmin, calendar);
        var error =
            parameters.CheckNames()
            ?? parameters.ReadWidth()
            ?? parameters.ReadTimes()
            ?? parameters.ReadGrouping()
            ?? parameters.ReadLimit()
            ?? parameters.ReadPage();
        if (error is not null)
        {
            return error;
        }

        var badKeys = parameters.ReadNames("api_key_ids", out var keys);
        var badModels = parameters.ReadNames("models", out var models);
        var badAccounts = parameters.ReadNames("accounts", out var accounts);
        if ((badKeys ?? badModels ?? badAccounts) is { } badNames)
        {
            return badNames;
        }

        question = new UsageQuestion(
            parameters._start,
            parameters._end,
            parameters._width,
            parameters._grouping,
            keys,
            models,
            accounts,
            parameters._limit
        )
        {
            Calendar = calendar,
        };
        return null;
    }

    private int Most => _width == UsageBucketWidth.Hour ? 168 : 31;

    private ApiError? CheckNames()
    {
        foreach (var (name, values) in _query)
        {
            var plain = name.EndsWith(Brackets, StringComparison.Ordinal) ? name[..^Brackets.Length] : name;
            var problem = plain switch
            {
                "start_time" or "end_time" or "bucket_width" or "limit" or "page" when values.Count != 1 || plain != name =>
                    RequestErrors.Invalid(plain, "give it once."),
                "start_time" or "end_time" or "bucket_width" or "limit" or "page" or "group_by" or "models" or "api_key_ids" => null,
                "accounts" or "format" or "histograms" when _isAdmin => null,
                "project_ids" or "user_ids" => RequestErrors.Unsupported(plain, "Usage is told apart by api_key_ids and models here."),
                "batch" when values is ["false"] => null,
                "batch" => RequestErrors.Unsupported(plain, "There are no batch jobs here; leave it out or say false."),
                _ => RequestErrors.Unknown(RequestErrors.Shorten(name)),
            };
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    private ApiError? ReadWidth()
    {
        var text = (string?)_query["bucket_width"] ?? "1d";
        switch (text)
        {
            case "1d":
                return null;
            case "1h":
                _width = UsageBucketWidth.Hour;
                return null;
            case "total" when _isAdmin:
                _width = null;
                return null;
            case "1m":
                return RequestErrors.Unsupported("bucket_width", "Usage is kept by the hour; use '1h' or '1d'.");
            default:
                return RequestErrors.InvalidValue("bucket_width", text, _isAdmin ? "'1h', '1d', and 'total'" : "'1h' and '1d'");
        }
    }

    private ApiError? ReadTimes()
    {
        if (ReadTime("start_time", out var start) is { } badStart)
        {
            return badStart;
        }

        if (start is null && !_isAdmin)
        {
            return RequestErrors.Missing("start_time");
        }

        if (ReadTime("end_time", out var end) is { } badEnd)
        {
            return badEnd;
        }

        _end = end is { } given ? UsageTimes.HourFrom(given) : _calendar.EndOf(_now, _width ?? UsageBucketWidth.Day);
        _start = UsageTimes.HourOf(
            start ?? (_width == UsageBucketWidth.Hour ? _end - UsageTimes.Day : _calendar.DayBefore(_end - TimeSpan.FromTicks(1), 6))
        );
        if (end is { } before && start >= before)
        {
            return RequestErrors.Invalid("end_time", "it must be after start_time.");
        }

        if (_width is null && _end - _start > UsageReader.LongestRange)
        {
            return RequestErrors.Invalid(
                "start_time",
                $"with bucket_width=total the time asked for may be at most {UsageReader.LongestRange.TotalDays:0} days."
            );
        }

        return null;
    }

    private ApiError? ReadTime(string name, out DateTimeOffset? time)
    {
        time = null;
        if ((string?)_query[name] is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            if (seconds >= UsageTimes.LatestSecond)
            {
                return RequestErrors.Invalid(name, "it is after the year 2100. Give Unix seconds, not milliseconds.");
            }

            time = DateTimeOffset.FromUnixTimeSeconds(seconds);
            return null;
        }

        if (_isAdmin && _calendar.TryRead(text, out var date) && date.Year is >= 1970 and < 2100)
        {
            time = date;
            return null;
        }

        return RequestErrors.Invalid(
            name,
            _isAdmin ? "use Unix seconds or a date such as 2026-01-31 or 2026-01-31T12:00Z." : "use Unix seconds."
        );
    }

    private ApiError? ReadGrouping()
    {
        foreach (var name in Values("group_by").SelectMany(static value => value.Split(',')))
        {
            switch (name)
            {
                case "model":
                    _grouping |= UsageGrouping.Model;
                    break;
                case "api_key_id":
                    _grouping |= UsageGrouping.ClientKey;
                    break;
                case "account" when _isAdmin:
                    _grouping |= UsageGrouping.Account;
                    break;
                case "project_id" or "user_id" or "batch" or "service_tier" when !_isAdmin:
                    return RequestErrors.Unsupported(
                        "group_by",
                        $"Usage is not told apart by '{name}' here; use 'model' and 'api_key_id'."
                    );
                default:
                    return RequestErrors.InvalidValue(
                        "group_by",
                        name,
                        _isAdmin ? "'model', 'api_key_id', and 'account'" : "'model' and 'api_key_id'"
                    );
            }
        }

        return null;
    }

    private ApiError? ReadLimit()
    {
        _limit =
            _width == UsageBucketWidth.Hour ? 24
            : _isAdmin ? Most
            : 7;
        return
            (string?)_query["limit"] is not { } text
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _limit) && _limit > 0 && _limit <= Most)
            ? null
            : RequestErrors.Invalid("limit", $"use a whole number from 1 to {Most}.");
    }

    private ApiError? ReadPage()
    {
        if ((string?)_query["page"] is not { } text)
        {
            return null;
        }

        if (UsageCursor.Read(text) is not { } start || start <= _start || start >= _end || UsageTimes.HourOf(start) != start)
        {
            return RequestErrors.Invalid("page", "it is not the next_page of an answer to the same query.");
        }

        _start = start;
        return null;
    }

    private ApiError? ReadNames(string name, out ImmutableArray<string> names)
    {
        names = [.. Values(name)];
        return names.Length > MostNames ? RequestErrors.ArrayTooLong(name, MostNames, names.Length)
            : names.Contains("") && name != "accounts" ? RequestErrors.Invalid(name, "it holds an empty name.")
            : null;
    }

    private IEnumerable<string> Values(string name) => _query[name].Concat(_query[name + Brackets]).Select(static value => value ?? "");
}
