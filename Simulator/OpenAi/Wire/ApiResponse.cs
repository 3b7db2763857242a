using System.Text;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>Answers that are whole: JSON and errors, with the headers that every answer has.</summary>
internal static class ApiResponse
{
    /// <summary>Gives the response its id.</summary>
    public static void Begin(HttpContext context)
    {
        context.Response.Headers["x-request-id"] = "req_" + NanoId.Create();
        context.Response.Headers["openai-version"] = "2020-10-01";
    }

    public static Task WriteErrorAsync(HttpContext context, ApiError error, ReplyBehaviour? behaviour = null, int? retryAfterSeconds = null)
    {
        var shape = behaviour?.ErrorShape ?? FaceForm.Of(context).Errors;
        context.Response.StatusCode = error.Status;
        if (retryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString();
        }

        AddHeaders(context, behaviour);
        if (shape == ErrorShape.Empty)
        {
            return Task.CompletedTask;
        }

        var text = ErrorBody.Text(error.Status, error.Message, shape, error.Type, error.Code, error.Parameter);
        return WriteAsync(context, ErrorBody.MediaType(shape), Encoding.UTF8.GetBytes(text), behaviour);
    }

    public static Task WriteJsonAsync(HttpContext context, ReadOnlyMemory<byte> json, ReplyBehaviour? behaviour)
    {
        AddHeaders(context, behaviour);
        return WriteAsync(context, "application/json", json, behaviour);
    }

    /// <summary>Adds the headers that behaviour dictates, in place of others of the same name.</summary>
    public static void AddHeaders(HttpContext context, ReplyBehaviour? behaviour)
    {
        foreach (var (name, value) in behaviour?.OpenAi.Headers ?? new Dictionary<string, string>())
        {
            context.Response.Headers[name] = value;
        }
    }

    private static async Task WriteAsync(HttpContext context, string mediaType, ReadOnlyMemory<byte> body, ReplyBehaviour? behaviour)
    {
        using var compressor = BodyCompressor.Of(behaviour?.OpenAi.Compression);
        context.Response.ContentType = mediaType;
        if (compressor is not null)
        {
            context.Response.Headers.ContentEncoding = compressor.Encoding;
            body = compressor.Finish(body.Span);
        }

        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
