using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Usage;

/// <summary><c>/admin/usage</c>. Thread-safe.</summary>
public sealed class UsageClient
{
    private const string Root = "admin/usage";

    private readonly AdminTransport _transport;

    internal UsageClient(AdminTransport transport) => _transport = transport;

    /// <summary>A page of usage.</summary>
    public Task<UsageReport> GetAsync(UsageRequest request, CancellationToken cancellationToken = default) =>
        _transport.GetAsync($"{Root}{QueryOf(request)}", AdminJson.Default.UsageReport, cancellationToken);

    /// <summary>The address of the same usage as CSV, relative to the gateway's.</summary>
    public static string CsvPath(UsageRequest request) => $"{Root}{QueryOf(request).Add("format", "csv")}";

    internal static AdminQuery QueryOf(UsageRequest request) =>
        new AdminQuery()
            .Add("start_time", request.Start)
            .Add("end_time", request.End)
            .Add("bucket_width", request.BucketWidth)
            .Add("group_by", request.GroupBy)
            .Add("models", request.Models)
            .Add("api_key_ids", request.ApiKeyIds)
            .Add("accounts", request.Accounts)
            .Add("histograms", request.Histograms ? "true" : null)
            .Add("limit", request.Limit)
            .Add("page", request.Page);
}

/// <summary>Which usage is asked for; a property that is null or empty takes the default.</summary>
public sealed record UsageRequest
{
    /// <summary>Inclusive; a week (with <c>1h</c>: a day) ago by default.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Exclusive; the end of the current bucket by default.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary><c>1h</c>, <c>1d</c> (the default) or <c>total</c>.</summary>
    public string? BucketWidth { get; init; }

    /// <summary>Any of <c>model</c>, <c>api_key_id</c>, <c>account</c>.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>The only models that count.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>The only client keys that count.</summary>
    public IReadOnlyList<string> ApiKeyIds { get; init; } = [];

    /// <summary>The only accounts that count; an empty name means requests that no account served.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>Whether the buckets of the durations are listed.</summary>
    public bool Histograms { get; init; }

    /// <summary>Most stretches of an answer.</summary>
    public int? Limit { get; init; }

    /// <summary><see cref="UsageReport.NextPage"/> of the page before, with the same request otherwise.</summary>
    public string? Page { get; init; }
}
