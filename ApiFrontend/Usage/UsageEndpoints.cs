using System.Text.Json;
using FlowGpt.Admin.Contracts;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>
/// <c>GET /v1/organization/usage/completions</c> in OpenAI's shape, and <c>GET /admin/usage</c> with all that is kept, as JSON or CSV. Operators' key only, as
/// at OpenAI.
/// </summary>
internal sealed partial class UsageEndpoints
{
    private readonly AdminAuthenticator _authenticator;
    private readonly UsageReader _reader;
    private readonly ModelCatalogCache _models;
    private readonly TimeProvider _time;
    private readonly UsageCalendar _calendar;
    private readonly ILogger<UsageEndpoints> _logger;

    public UsageEndpoints(
        AdminAuthenticator authenticator,
        UsageReader reader,
        ModelCatalogCache models,
        IOptions<FrontendOptions> options,
        TimeProvider time,
        ILogger<UsageEndpoints> logger
    )
    {
        _authenticator = authenticator;
        _reader = reader;
        _models = models;
        _calendar = new(options.Value.Zone);
        _time = time;
        _logger = logger;
    }

    public Task OrganizationAsync(HttpContext context) =>
        HandleAsync(
            context,
            isAdmin: false,
            async question =>
            {
                var page = await _reader.ReadAsync(question);
                await WriteAsync(context, json => OrganizationUsageWriter.Write(json, page));
                return null;
            }
        );

    public Task AdminAsync(HttpContext context) =>
        HandleAsync(
            context,
            isAdmin: true,
            async question =>
            {
                var query = context.Request.Query;
                var format = (string?)query["format"] ?? "json";
                if (format is not ("json" or "csv"))
                {
                    return RequestErrors.InvalidValue("format", format, "'json' and 'csv'");
                }

                var histograms = (string?)query["histograms"] ?? "false";
                if (histograms is not ("true" or "false"))
                {
                    return RequestErrors.InvalidValue("histograms", histograms, "'true' and 'false'");
                }

                if (format == "csv")
                {
                    return await WriteCsvAsync(context, question);
                }

                var page = await _reader.ReadAsync(question);
                var models = await _models.GetAsync(context.RequestAborted);
                var report = UsageAnswers.Of(page, histograms == "true", models);
                await WriteAsync(context, json => JsonSerializer.Serialize(json, report, AdminJson.Default.UsageReport));
                return null;
            }
        );

    private async Task HandleAsync(HttpContext context, bool isAdmin, Func<UsageQuestion, Task<ApiError?>> answer)
    {
        var request = ApiRequest.Of(context);
        if (!isAdmin)
        {
            // Below /admin, the pipeline of those routes has asked already.
            request.Operation = "admin";
            if (await _authenticator.CheckAsync(context) is { } refused)
            {
                await request.RefuseAsync(refused);
                return;
            }

            request.KeyId = "admin";
        }

        var error = UsageParameters.Read(context.Request.Query, _time.GetUtcNow(), isAdmin, _calendar, out var question);
        try
        {
            error ??= await answer(question!);
        }
        catch (Exception exception) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // With any exception of the cluster: reading again does no harm.
            LogFailed(exception, request.Id);
            error = GatewayErrors.Interrupted;
        }

        if (error is not null)
        {
            await request.RefuseAsync(error);
        }
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        write(json);
        await json.FlushAsync(context.RequestAborted);
    }

    /// <summary>All pages, one after the other: a table has no cursor.</summary>
    private async Task<ApiError?> WriteCsvAsync(HttpContext context, UsageQuestion question)
    {
        if (question.End - question.Start > UsageReader.LongestRange)
        {
            return RequestErrors.Invalid(
                "start_time",
                $"as CSV, at most {UsageReader.LongestRange.TotalDays:0} days can be asked for at once."
            );
        }

        var page = await _reader.ReadAsync(question);
        var response = context.Response;
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = "attachment; filename=usage.csv";
        var csv = new UsageCsvWriter(response.BodyWriter, await _models.GetAsync(context.RequestAborted));
        csv.WriteHead();
        while (true)
        {
            csv.Write(page);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
            if (page.Next is not { } next)
            {
                return null;
            }

            page = await _reader.ReadAsync(question with { Start = next });
        }
    }

    [LoggerMessage(EventId = 1321, Level = LogLevel.Warning, Message = "Request {RequestId} about usage could not be answered")]
    private partial void LogFailed(Exception exception, string requestId);
}
