use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::limits::{BRANDS_PAGE_SIZE_DEFAULT, BRANDS_PAGE_SIZE_MAX},
    care::coverage,
    model::Brand,
    proto::v1::{self as wire, brand_service_server::BrandService},
    server::convert::{
        brand_id_from_wire, brand_to_wire, checked_brands_to_wire, checked_reply_to_wire, draft_from_wire,
        mention_name_from_wire, page_size_from_wire,
    },
};

/// Brand profiles, and what they ask of an answer.
pub(crate) struct Brands(pub(crate) Context);

impl Brands {
    /// With how it stands now.
    fn told(&self, brand: Brand) -> wire::Brand {
        let opening = coverage::opening(brand.coverage.as_ref(), self.0.clock.now());
        brand_to_wire(brand, Some(opening))
    }
}

#[tonic::async_trait]
impl BrandService for Brands {
    async fn list_brands(
        &self,
        request: Request<wire::ListBrandsRequest>,
    ) -> Result<Response<wire::ListBrandsResponse>, Status> {
        let wire::ListBrandsRequest { page_size, page_token } = request.into_inner();
        let page_size = page_size_from_wire(page_size, BRANDS_PAGE_SIZE_DEFAULT, BRANDS_PAGE_SIZE_MAX)?;
        let mut brands = self.0.engine.brands(&page_token, page_size + 1);
        let has_more = brands.len() > page_size;
        brands.truncate(page_size);
        let next = brands.last().filter(|_| has_more).map(|last| last.id.clone());
        Ok(Response::new(wire::ListBrandsResponse {
            brands: brands.into_iter().map(|brand| self.told(brand)).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn get_brand(&self, request: Request<wire::GetBrandRequest>) -> Result<Response<wire::Brand>, Status> {
        let id = request.into_inner().id;
        brand_id_from_wire("id", &id)?;
        Ok(Response::new(self.told(self.0.engine.brand(&id)?)))
    }

    async fn check_brands(
        &self,
        request: Request<wire::CheckBrandsRequest>,
    ) -> Result<Response<wire::CheckBrandsResponse>, Status> {
        let checked = self.0.engine.check_brand_profiles(request.into_inner().text).await?;
        Ok(Response::new(checked_brands_to_wire(checked)))
    }

    async fn check_reply(
        &self,
        request: Request<wire::CheckReplyRequest>,
    ) -> Result<Response<wire::CheckReplyResponse>, Status> {
        let request = request.into_inner();
        let name = mention_name_from_wire("name", &request.name)?;
        let draft = draft_from_wire(request)?;
        Ok(Response::new(checked_reply_to_wire(self.0.engine.check_reply(&name, draft).await?)))
    }
}
