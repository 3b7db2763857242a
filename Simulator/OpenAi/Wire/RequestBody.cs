using System.Text;
using System.Text.Json;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>A request body as text and as JSON, or what is wrong with it.</summary>
internal sealed record RequestBody(string Text, JsonDocument? Json, ApiError? Error)
{
    public static async Task<RequestBody> ReadAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
            return new RequestBody(Encoding.UTF8.GetString(buffer.ToArray()), JsonDocument.Parse(buffer.ToArray()), null);
        }
        catch (JsonException)
        {
            return new RequestBody("", null, ApiError.BadRequest("Invalid body: it is not JSON.", null, "invalid_json"));
        }
        catch (BadHttpRequestException exception)
        {
            return new RequestBody("", null, new ApiError(exception.StatusCode, exception.Message, "invalid_request_error"));
        }
    }
}
