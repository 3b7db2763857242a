using System.Text.Json;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.OpenAi.Models;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>What a completion request has to satisfy, besides its form, before any account is charged for it.</summary>
internal static class CompletionChecks
{
    /// <returns>What is wrong, or null.</returns>
    public static (RejectReason Reason, ApiError Error)? Check(
        CompletionRequest request,
        OfferedModel? model,
        JsonElement body,
        OpenAiSettings settings
    )
    {
        if (model is null)
        {
            return (RejectReason.UnknownModel, ApiError.UnknownModel(request.Model, null));
        }

        if (model.Embeddings)
        {
            return Bad($"The model '{model.Id}' does not chat.", "model");
        }

        if (request.PromptTokens > model.ContextTokens)
        {
            return Bad(
                $"This model's maximum context length is {model.ContextTokens} tokens. However, your messages resulted in "
                    + $"{request.PromptTokens} tokens.",
                "messages",
                "context_length_exceeded"
            );
        }

        foreach (var refused in settings.Refuse ?? [])
        {
            if (Found(request, body, refused) is { } field)
            {
                return Bad($"Unsupported parameter: '{field}' is not supported with this model.", field, "unsupported_parameter");
            }
        }

        return null;

        static (RejectReason, ApiError) Bad(string message, string field, string? code = null) =>
            (RejectReason.BadRequest, ApiError.BadRequest(message, field, code));
    }

    private static string? Found(CompletionRequest request, JsonElement body, RefusedField refused)
    {
        return refused switch
        {
            RefusedField.MaxTokens => Field("max_tokens"),
            RefusedField.MaxCompletionTokens => Field("max_completion_tokens"),
            RefusedField.StreamOptions => Field("stream_options"),
            RefusedField.ParallelToolCalls => Field("parallel_tool_calls"),
            RefusedField.Tools => Field("tools"),
            RefusedField.ResponseFormat => Field("response_format"),
            RefusedField.DeveloperRole => Message(static message => message.Role == "developer", "role"),
            RefusedField.Images => Message(static message => message.Parts.Any(static part => part.Kind == "image"), "content"),
            _ => request.UnknownFields.Keys.FirstOrDefault(),
        };

        string? Field(string name) => FieldReader.Field(body, name) is null ? null : name;

        string? Message(Func<RequestMessage, bool> has, string name)
        {
            var at = request.Messages.ToList().FindIndex(message => has(message));
            return at < 0 ? null : $"messages[{at}].{name}";
        }
    }
}
