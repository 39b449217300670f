use prost::Message;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, MethodDescriptor, SerializeOptions,
};

/// The proto3 JSON mapping, from the descriptors.
#[derive(Debug)]
pub(crate) struct Json {
    pool: DescriptorPool,
    out: SerializeOptions,
    strict: DeserializeOptions,
}

impl Json {
    pub(crate) fn new(pool: DescriptorPool) -> Self {
        Self {
            pool,
            out: SerializeOptions::new().skip_default_fields(false),
            strict: DeserializeOptions::new().deny_unknown_fields(true),
        }
    }

    /// The method behind `Service/Method`.
    pub(super) fn method(&self, name: &str) -> Option<MethodDescriptor> {
        let (service, method) = name.split_once('/')?;
        let service = self.pool.get_service_by_name(&format!("ascolto.v1.{service}"))?;
        service.methods().find(|candidate| candidate.name() == method)
    }

    /// A message of the wire from JSON text; an empty text is an empty message.
    ///
    /// # Errors
    /// What is wrong, with the line and column.
    pub(super) fn read(&self, message: MessageDescriptor, text: &[u8]) -> Result<Vec<u8>, String> {
        let text = if text.trim_ascii().is_empty() { b"{}" } else { text };
        let mut source = serde_json::Deserializer::from_slice(text);
        let read = DynamicMessage::deserialize_with_options(message, &mut source, &self.strict);
        let message = read.and_then(|message| source.end().map(|()| message)).map_err(|error| error.to_string())?;
        Ok(message.encode_to_vec())
    }

    /// The JSON text of a message of the wire.
    ///
    /// # Errors
    /// The bytes are not such a message.
    pub(super) fn write(&self, message: MessageDescriptor, bytes: &[u8]) -> Result<String, String> {
        let message = DynamicMessage::decode(message, bytes).map_err(|error| error.to_string())?;
        let mut text = Vec::with_capacity(bytes.len() * 2);
        message
            .serialize_with_options(&mut serde_json::Serializer::new(&mut text), &self.out)
            .map_err(|error| error.to_string())?;
        String::from_utf8(text).map_err(|error| error.to_string())
    }

    /// The JSON text of a message of our own.
    ///
    /// # Errors
    /// There is no such name in the protos.
    pub(crate) fn write_message(&self, name: &str, message: &impl Message) -> Result<String, String> {
        let descriptor =
            self.pool.get_message_by_name(name).ok_or_else(|| format!("no message `{name}` in the protos"))?;
        self.write(descriptor, &message.encode_to_vec())
    }
}

#[cfg(test)]
mod tests;
